namespace RlOffload.Training.Reports;

/// <summary>Lines over a common axis, grey ones behind.</summary>
internal static class LineChart
{
    /// <param name="bands">Shaded between two lines of equal X, in the style of the first.</param>
    public static string Draw(string label, ChartFrame frame, IReadOnlyList<Series> lines, IReadOnlyList<(Series Low, Series High)>? bands = null) => frame.Svg(label,
        string.Concat((bands ?? []).Select(b => $"<polygon class=\"band {b.Low.Style}\" points=\"{string.Join(' ', b.Low.Points.Concat(b.High.Points.Reverse()).Select(p => frame.Point(p.X, p.Y)))}\"/>"))
        + string.Concat(lines.OrderBy(s => s.Style == "s0" ? 0 : 1).Select(s => $"<polyline class=\"line {s.Style}\" points=\"{Points(frame, s)}\"><title>{Html.Text(s.Name)}</title></polyline>")));

    /// <summary>Points of the same pixel are one.</summary>
    private static string Points(ChartFrame frame, Series series)
    {
        var points = new List<string>();
        foreach (var (x, y) in series.Points)
            if (frame.Point(x, y) is var p && (points.Count == 0 || points[^1] != p))
                points.Add(p);
        return string.Join(' ', points);
    }
}

namespace RlOffload.Training.Reports;

/// <param name="Name">Of a policy.</param>
internal readonly record struct Dot(string Name, double X, double Y);

/// <summary>Policies as points of two measures, with the front of those that no other beats in both.</summary>
internal static class ScatterChart
{
    /// <param name="moreIsBetter">Across and up: whether more of it is better.</param>
    public static string Draw(string label, ChartFrame frame, IReadOnlyList<Dot> dots, Highlights highlights, (bool Across, bool Up) moreIsBetter)
    {
        var front = Front(dots, moreIsBetter);
        var steps = front.SelectMany((d, i) => i == 0 ? new[] { (d.X, d.Y) }
            : moreIsBetter.Across == moreIsBetter.Up ? [(front[i - 1].X, d.Y), (d.X, d.Y)] : [(d.X, front[i - 1].Y), (d.X, d.Y)]);
        return frame.Svg(label, $"<polyline class=\"front\" points=\"{string.Join(' ', steps.Select(p => frame.Point(p.Item1, p.Item2)))}\"/>"
            + string.Concat(dots.OrderBy(d => highlights.Contains(d.Name) ? 1 : 0).Select(d =>
                $"<circle class=\"dot {highlights.StyleOf(d.Name)}\" cx=\"{Html.Px(frame.X(d.X))}\" cy=\"{Html.Px(frame.Y(d.Y))}\" r=\"{(highlights.Contains(d.Name) ? "5" : "3.5")}\">"
                + $"<title>{Html.Text(d.Name)}: {Axis.Label(d.X)} {Html.Text(frame.Across.Title)}, {Axis.Label(d.Y)} {Html.Text(frame.Up.Title)}</title></circle>")));
    }

    /// <summary>Points that no other is at least as good as in both and better in one, from left to right; of equal points the first.</summary>
    public static IReadOnlyList<Dot> Front(IReadOnlyList<Dot> dots, (bool Across, bool Up) moreIsBetter)
    {
        double X(Dot d) => moreIsBetter.Across ? -d.X : d.X;
        double Y(Dot d) => moreIsBetter.Up ? -d.Y : d.Y;
        return [.. dots.Where((d, i) => !dots.Where((o, j) => j != i && X(o) <= X(d) && Y(o) <= Y(d) && (X(o) < X(d) || Y(o) < Y(d) || j < i)).Any()).OrderBy(d => d.X)];
    }
}

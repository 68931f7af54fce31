using RlOffload.Training.Statistics;

namespace RlOffload.Training.Reports;

/// <summary>One row a policy: an estimate with its interval. What lies beyond the left end is shown as an arrow with its number.</summary>
internal static class IntervalChart
{
    private const double Row = 19, Bottom = 36, Names = 128, Width = 400, Right = 14;

    public static string Draw(string label, Axis axis, IReadOnlyList<(string Name, Interval Value)> rows, Highlights highlights)
    {
        double height = rows.Count * Row + Bottom + 4, bottom = height - Bottom;
        double X(double v) => Names + axis.Share(v) * (Width - Names - Right);
        var grid = string.Concat(axis.Ticks(5).Select(v =>
            ChartFrame.Line(X(v), 0, X(v), bottom, !axis.Log && (v is 0 or 1) ? "rule" : "grid") + ChartFrame.Label(X(v), bottom + 15, "middle", Axis.Label(v))));
        var marks = string.Concat(rows.Select((r, i) =>
        {
            var (y, style) = (i * Row + Row / 2 + 2, highlights.StyleOf(r.Name));
            var name = ChartFrame.Label(Names - 8, y + 4, "end", r.Name.Length > 19 ? r.Name[..18] + "…" : r.Name, style == "s0" ? "tick" : "name");
            var title = $"<title>{Html.Text(r.Name)}: {Figures.WithRange(r.Value, 3)}</title>";
            if (r.Value.Mean < axis.Low)
                return $"<g>{title}{name}<path class=\"dot {style}\" d=\"M{Html.Px(Names + 1)},{Html.Px(y)} l8,-4 v8 z\"/>{ChartFrame.Label(Names + 13, y + 4, "start", Figures.Number(r.Value.Mean, 2))}</g>";
            return $"<g>{title}{name}{ChartFrame.Line(X(r.Value.Low), y, X(r.Value.High), y, $"line {style}")}<circle class=\"dot {style}\" cx=\"{Html.Px(X(r.Value.Mean))}\" cy=\"{Html.Px(y)}\" r=\"4\"/></g>";
        }));
        return $"<svg viewBox=\"0 0 {Html.Px(Width)} {Html.Px(height)}\" role=\"img\" aria-label=\"{Html.Text(label)}\">{grid}{marks}"
            + ChartFrame.Label((Names + Width - Right) / 2, height - 4, "middle", axis.Title, "axis") + "</svg>";
    }
}

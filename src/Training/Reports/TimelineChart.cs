using RlOffload.Environment.Plans;
using RlOffload.Training.Evaluation;

namespace RlOffload.Training.Reports;

/// <summary>One window: the link's rate, both backlogs of each policy, and a row of ticks a policy, one a request, coloured by what was chosen.</summary>
internal static class TimelineChart
{
    private const double Width = 1200, Names = 120, Right = 10, Panel = 90, Gap = 26, Row = 22;

    public static string Draw(Timeline timeline, Highlights highlights)
    {
        var seconds = timeline.BinSeconds * timeline.LinkMbitS.Count;
        double X(double t) => Names + Math.Clamp(t / seconds, 0, 1) * (Width - Names - Right);
        var (text, top) = ("", 14.0);
        text += Lines("link, Mbit/s", [("link", "link", [.. timeline.LinkMbitS.SelectMany((r, i) => new[] { (i * timeline.BinSeconds, r), ((i + 1) * timeline.BinSeconds, r) })])]);
        text += Lines("device backlog, s", [.. timeline.Policies.Select(p => (p.Name, highlights.StyleOf(p.Name), p.Requests.Select(r => (r.Seconds, r.DeviceBacklogSeconds)).ToArray()))]);
        text += Lines("uplink backlog, kB", [.. timeline.Policies.Select(p => (p.Name, highlights.StyleOf(p.Name), p.Requests.Select(r => (r.Seconds, r.UplinkBacklogBytes / 1000)).ToArray()))]);
        foreach (var policy in timeline.Policies)
        {
            text += ChartFrame.Label(Names - 8, top + 12, "end", policy.Name.Length > 18 ? policy.Name[..17] + "…" : policy.Name, "name")
                + $"<rect class=\"{highlights.StyleOf(policy.Name)} key\" x=\"{Html.Px(Names - 5)}\" y=\"{Html.Px(top)}\" width=\"3\" height=\"16\"/>"
                + string.Concat(policy.Requests.Select(r =>
                    $"<rect class=\"{(r.InTime ? "" : "late ")}{Css(r.Kind)}\" x=\"{Html.Px(X(r.Seconds))}\" y=\"{Html.Px(r.InTime ? top : top + 8)}\" width=\"3\" height=\"{(r.InTime ? 16 : 8)}\">"
                    + $"<title>{Html.Text($"{policy.Name}: {r.Plan} at {Axis.Label(r.Seconds)} s{(r.InTime ? "" : ", missed")}")}</title></rect>"));
            top += Row;
        }
        text += string.Concat(new Axis("", 0, seconds).Ticks(10).Select(t => ChartFrame.Label(X(t), top + 14, "middle", $"{Axis.Label(t)} s")));
        return $"<div class=\"scroll\"><svg class=\"wide\" viewBox=\"0 0 {Html.Px(Width)} {Html.Px(top + 20)}\" role=\"img\" aria-label=\"Link rate, backlogs and plans over one window\">{text}</svg></div>"
            + "<ul class=\"legend\">" + string.Concat(new[] { PlanKind.Local, PlanKind.Split, PlanKind.Remote, PlanKind.Drop }.Select(k => $"<li><i class=\"{Css(k)}\"></i>{k.ToString().ToLowerInvariant()}</li>"))
            + "<li>half a tick: missed its deadline</li></ul>";

        string Lines(string title, IReadOnlyList<(string Name, string Style, (double T, double V)[] Points)> lines)
        {
            var axis = Axis.Over(title, lines.SelectMany(l => l.Points).Select(p => p.V), fromZero: true);
            var bottom = top + Panel;
            double Y(double v) => bottom - axis.Share(v) * Panel;
            var panel = ChartFrame.Label(4, top + 12, "start", title, "axis")
                + string.Concat(axis.Ticks(3).Select(v => ChartFrame.Line(Names, Y(v), Width - Right, Y(v)) + ChartFrame.Label(Names - 6, Y(v) + 4, "end", Axis.Label(v))))
                + string.Concat(lines.Select(l => $"<polyline class=\"line thin {l.Style}\" points=\"{string.Join(' ', l.Points.Select(p => $"{Html.Px(X(p.T))},{Html.Px(Y(p.V))}"))}\"><title>{Html.Text(l.Name)}</title></polyline>"));
            top = bottom + Gap;
            return panel;
        }
    }

    private static string Css(PlanKind kind) => "k-" + kind.ToString().ToLowerInvariant();
}

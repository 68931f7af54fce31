using System.Globalization;
using RlOffload.Environment;
using RlOffload.Training.Evaluation;
using RlOffload.Training.Regimes;
using RlOffload.Training.Statistics;

namespace RlOffload.Training.Reports;

/// <summary>The map of regimes as a page: one picture a question, in each a square of loads and deadlines for every kind of arrivals and knowledge.</summary>
public static class RegimePage
{
    private const double Square = 52, Gap = 18, Left = 64, Top = 44;

    public static string Html(RegimeMap map) => HtmlReport.Page($"{map.Config}: regimes", Body(map));

    /// <summary>The map as it stands within a page.</summary>
    internal static string Body(RegimeMap map)
    {
        var learned = map.Cells.SelectMany(c => c.Learned.Keys).Distinct().ToArray();
        var known = map.Cells.SelectMany(c => c.Scores.Keys).Distinct().Where(Contestants.IsDiagnostic).ToArray();
        return $"<p class=\"lead\">Is learning worth it here? Each cell is the scenario at another load, kind of arrivals, knowledge of the link and deadline; {map.Windows} paired windows each. "
            + "Nothing was trained for it. The best planner is picked on the windows shown, which flatters it a little; what the oracle has over it is not all to be learned.</p>"
            + Verdicts(map) + "<div class=\"charts\">"
            + Picture(map, "Room: oracle less best fixed plan, reward a request", c => c.Room, v => Figures.Number(v, 3))
            + Picture(map, "Left by the best planner, reward a request", c => c.Left, v => Figures.Number(v, 3))
            + Picture(map, "Score of the best planner", c => c.PlannerScore, v => Figures.Number(v, 2), 1)
            + string.Concat(known.Select(n => Picture(map, $"Score of {n}, which no device can play", c => c.Scores.TryGetValue(n, out var s) ? s : null, v => Figures.Number(v, 2), 1)))
            + string.Concat(learned.Select(n => Picture(map, $"{n} less the best planner, reward a request", c => c.Learned.TryGetValue(n, out var d) ? d.Mean : null, v => v.ToString("+0.000;-0.000;0", CultureInfo.InvariantCulture))))
            + "</div>" + Table(map, learned);
    }

    private static string Verdicts(RegimeMap map) => "<ul class=\"facts\">" + string.Concat(Enum.GetValues<RegimeVerdict>().Select(v =>
        $"<li><b>{map.Cells.Count(c => c.Verdict == v)}</b>{Text(v)}</li>")) + "</ul>";

    /// <summary>What a verdict means, in a few words.</summary>
    public static string Text(RegimeVerdict verdict) => verdict switch
    {
        RegimeVerdict.NoRoom => "no room: a fixed plan suffices",
        RegimeVerdict.PlannersSuffice => "a planner suffices",
        RegimeVerdict.Unforeseeable => "what is left, nobody foresees",
        _ => "planners leave room",
    };

    /// <param name="most">Where the colour is full; null: at the largest of all cells.</param>
    private static string Picture(RegimeMap map, string title, Func<RegimeCell, double?> value, Func<double, string> text, double? most = null)
    {
        var axes = map.Axes;
        var full = most ?? map.Cells.Select(c => Math.Abs(value(c) ?? 0)).Append(1e-9).Max();
        double wide = axes.Deadlines.Count * Square + Gap, high = axes.Loads.Count * Square + Gap;
        double width = Left + axes.Knowledge.Count * wide, height = Top + axes.Arrivals.Count * high + 20;
        var cells = map.Cells.ToDictionary(c => (c.Arrivals, c.Knowledge, c.Load, c.Deadline));
        var svg = "";
        for (var a = 0; a < axes.Arrivals.Count; a++)
            for (var k = 0; k < axes.Knowledge.Count; k++)
            {
                double x0 = Left + k * wide, y0 = Top + a * high;
                if (a == 0)
                    svg += ChartFrame.Label(x0 + (wide - Gap) / 2, 14, "middle", axes.Knowledge[k] == RateKnowledge.Own ? "own transfers" : "modem's rate", "axis")
                        + string.Concat(axes.Deadlines.Select((d, i) => ChartFrame.Label(x0 + (i + 0.5) * Square, Top - 8, "middle", "x" + Axis.Label(d))));
                if (k == 0)
                    svg += string.Concat(axes.Loads.Select((l, i) => ChartFrame.Label(Left - 6, y0 + (i + 0.5) * Square + 4, "end", "x" + Axis.Label(l))))
                        + $"<text class=\"axis\" text-anchor=\"middle\" transform=\"translate(14,{Reports.Html.Px(y0 + (high - Gap) / 2)}) rotate(-90)\">{axes.Arrivals[a].ToString().ToLowerInvariant()}</text>";
                for (var l = 0; l < axes.Loads.Count; l++)
                    for (var d = 0; d < axes.Deadlines.Count; d++)
                        if (cells.TryGetValue((axes.Arrivals[a], axes.Knowledge[k], axes.Loads[l], axes.Deadlines[d]), out var cell))
                            svg += Cell(cell, x0 + d * Square, y0 + l * Square, value(cell), full, text);
            }
        return Reports.Html.Figure(title, $"<svg viewBox=\"0 0 {Reports.Html.Px(width)} {Reports.Html.Px(height)}\" role=\"img\" aria-label=\"{Reports.Html.Text(title)}\">{svg}</svg>",
            "Down: load. Across: deadline, as factors on the config's.");
    }

    private static string Cell(RegimeCell cell, double x, double y, double? value, double full, Func<double, string> text)
    {
        var share = value is { } v ? Math.Clamp(Math.Abs(v) / full, 0, 1) : 0;
        var style = value is < 0 ? "s2" : "s1";
        var tip = $"{new Regime(cell.Load, cell.Arrivals, cell.Knowledge, cell.Deadline)}: room {Figures.Number(cell.Room, 3)}, best planner {cell.Planner}, {Text(cell.Verdict)}";
        return $"<g><title>{Reports.Html.Text(tip)}</title><rect class=\"{style} key\" x=\"{Reports.Html.Px(x + 1)}\" y=\"{Reports.Html.Px(y + 1)}\" width=\"{Square - 2}\" height=\"{Square - 2}\" rx=\"4\" opacity=\"{Reports.Html.Px(0.06 + 0.5 * share)}\"/>"
            + ChartFrame.Label(x + Square / 2, y + Square / 2 + 4, "middle", value is { } shown ? text(shown) : "–", "axis") + "</g>";
    }

    private static string Table(RegimeMap map, string[] learned) => "<details><summary>All cells</summary>" + Reports.Html.Table(
        ["regime", "room", "best fixed plan", "best planner", "its score", "left", .. learned.Select(l => $"{Reports.Html.Text(l)} less it"), ""],
        map.Cells.Select(c => (IReadOnlyList<string>)
        [
            Reports.Html.Text(new Regime(c.Load, c.Arrivals, c.Knowledge, c.Deadline).ToString()), Figures.Number(c.Room, 4), Reports.Html.Text(c.StaticPlan), Reports.Html.Text(c.Planner),
            c.PlannerScore is { } s ? Figures.Number(s, 3) : "", Figures.Number(c.Left, 4),
            .. learned.Select(l => c.Learned.TryGetValue(l, out var d) ? $"{Figures.Number(d.Mean, 4)} <small>{Figures.Range(d, 4)}</small>" : ""), Text(c.Verdict),
        ])) + "</details>\n";
}

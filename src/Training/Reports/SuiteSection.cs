using RlOffload.Training.Statistics;
using RlOffload.Training.Suites;

namespace RlOffload.Training.Reports;

/// <summary>Several scenarios together: the matrix of scores, and what they come to.</summary>
internal static class SuiteSection
{
    public static string Html(SuiteReport suite, Highlights highlights)
    {
        var order = suite.Aggregate?.Ranked.Select(p => p.Name).ToArray() ?? [];
        var names = order.Concat(SuiteAggregate.Names(suite.Scenarios)).Distinct();
        return "<h2>Scores</h2>" + Reports.Html.Table(
            ["policy", .. suite.Scenarios.Select((s, i) => $"<a href=\"#scenario{i + 1}\">{Reports.Html.Text(s.Config)}</a><br/><small>room {Figures.Number(s.Room, 3)}</small>")],
            names.Select(n => (IReadOnlyList<string>)[$"<i class=\"swatch {highlights.StyleOf(n)}\"></i>{Reports.Html.Text(n)}", .. suite.Scenarios.Select(s =>
                s.Policies.FirstOrDefault(p => p.Name == n) is not { } p ? ""
                : p.Score is { } score ? $"{Figures.Number(score.Mean, 2)}<br/><small>{Figures.Range(score, 2)}</small>" : Figures.Score(p, s.Room))]))
            + (suite.Aggregate is { } aggregate ? Aggregate(aggregate, highlights) : "<p>No scenario has room, so there is nothing to sum up.</p>")
            + string.Concat(suite.Skipped.Select(s => $"<p class=\"note\">Skipped: {Reports.Html.Text($"{s.Config}. {string.Join(" ", s.Missing)}")}</p>"));
    }

    private static string Aggregate(AggregateReport a, Highlights highlights)
    {
        var policies = a.Ranked.ToArray();
        return $"<h2>Over {a.Scenarios.Count} scenarios</h2>" + Reports.Html.Table(
            ["policy", "scenarios", "IQM", "95 %", "mean", "95 %", "optimality gap", "95 %", $"P(better than {a.Baseline})", "95 %", "seeds", "tuning trials"],
            policies.Select(p => (IReadOnlyList<string>)
            [
                $"<i class=\"swatch {highlights.StyleOf(p.Name)}\"></i>{Reports.Html.Text(p.Name)}", p.Behind, .. Cells(p.InterquartileMean), .. Cells(p.Mean), .. Cells(p.OptimalityGap),
                .. Cells(p.ImprovementOverBaseline), p.Seeds.Fewest == p.Seeds.Most ? $"{p.Seeds.Most}" : $"{p.Seeds.Fewest}..{p.Seeds.Most}", Figures.Trials(p.TuningTrials),
            ]))
            + "<div class=\"charts\">" + Intervals("Interquartile mean of scores", policies.Select(p => (p.Name, p.InterquartileMean)).ToArray(), null, highlights)
            + Profiles(a, policies, highlights)
            + Intervals($"Probability of earning more than {a.Baseline} in a window", policies.Where(p => p.ImprovementOverBaseline is not null)
                .OrderByDescending(p => p.ImprovementOverBaseline!.Mean).Select(p => (p.Name, p.ImprovementOverBaseline!)).ToArray(), new Axis("probability", 0, 1), highlights) + "</div>"
            + (a.WithoutRoom.Count > 0 ? $"<p class=\"note\">No room, so no score: {Reports.Html.Text(string.Join(", ", a.WithoutRoom))}.</p>" : "");
    }

    private static string[] Cells(Interval? value) => value is null ? ["", ""] : [Figures.Number(value.Mean, 3), $"<small>{Figures.Range(value, 2)}</small>"];

    private static string Intervals(string title, (string, Interval)[] rows, Axis? axis, Highlights highlights) => rows.Length == 0 ? ""
        : Reports.Html.Figure(title, IntervalChart.Draw(title, axis ?? ScenarioSection.ScoreAxis(rows), rows, highlights), "Intervals resample seeds and windows within each scenario.");

    private static string Profiles(AggregateReport a, PolicyAggregate[] policies, Highlights highlights)
    {
        var shown = policies.Where(p => highlights.Contains(p.Name)).ToArray();
        Series Line(PolicyAggregate p, Func<Interval, double> of) => new(p.Name, highlights.StyleOf(p.Name), [.. p.Profile.Select((share, i) => (a.Thresholds[i], of(share)))]);
        var frame = new ChartFrame(new Axis("score", a.Thresholds[0], a.Thresholds[^1]), new Axis("share of runs above", 0, 1));
        return Reports.Html.Figure("Performance profiles", LineChart.Draw("Share of runs above each score", frame, [.. shown.Select(p => Line(p, i => i.Mean))],
            [.. shown.Select(p => (Line(p, i => i.Low), Line(p, i => i.High)))]) + highlights.Legend(shown.Select(p => p.Name)), "Runs are scenarios x seeds; pointwise 95 % bands.");
    }
}

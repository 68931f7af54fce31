using RlOffload.Agents.Planners;
using RlOffload.Training.Evaluation;
using RlOffload.Training.Statistics;

namespace RlOffload.Training.Reports;

/// <summary>One scenario on the page: its table, its charts, and what it was made of.</summary>
internal static class ScenarioSection
{
    public static string Html(EvaluationReport report, Highlights highlights)
    {
        var byReward = report.Ranked.ToArray();
        return Facts(report) + Table(report, byReward, highlights)
            + "<div class=\"charts\">" + Scores(report, byReward, highlights) + Latencies(byReward, highlights)
            + Front(byReward, highlights, "Accuracy against latency", "mean latency, ms", p => p.LatencyMs.Mean)
            + Front(byReward, highlights, "Accuracy against energy", "energy a request, mJ", p => p.EnergyMj)
            + Front(byReward, highlights, "Accuracy against memory", "memory on the device, MB", p => p.EdgeMemoryBytes / 1e6)
            + LmosObjectives(report, byReward, highlights) + DecisionTimes(byReward, highlights) + "</div>"
            + (report.Timeline is { } timeline ? $"<figure class=\"full\"><figcaption>Window {timeline.Window}, whose room is nearest to the mean</figcaption>{TimelineChart.Draw(timeline, highlights)}</figure>" : "")
            + Plans(byReward) + Provenance(report);
    }

    private static string Facts(EvaluationReport r) => "<ul class=\"facts\">"
        + $"<li><b>{r.Windows}</b>windows, paired</li><li><b>{Figures.Number(r.Room, 3)}</b>room, reward a request</li>"
        + $"<li><b>{Figures.Number(r.StaticReward, 3)}</b>score 0: {Reports.Html.Text(r.StaticPlan)} always</li><li><b>{Figures.Number(r.OracleReward, 3)}</b>score 1: hindsight oracle</li></ul>";

    private static string Table(EvaluationReport report, PolicyReport[] policies, Highlights highlights)
    {
        var budgets = Figures.BudgetColumns(report);
        return Reports.Html.Table(
            ["policy", "score", "95 %", .. budgets.Select(b => Reports.Html.Text(b.Head)), "reward", "right in time", "missed", "fallback", "dropped", "mean ms", "p50", "p95", "p99", "mJ", "kB sent", "memory kB", "decision µs", "p99", "seeds", "tuning trials"],
            policies.Select(p => (IReadOnlyList<string>)
            [
                $"<i class=\"swatch {highlights.StyleOf(p.Name)}\"></i>{Reports.Html.Text(p.Name)}",
                p.Score is { } s ? Figures.Number(s.Mean, 3) : Figures.Score(p, report.Room), p.Score is { } i ? $"<small>{Figures.Range(i, 2)}</small>" : "",
                .. budgets.Select(c => Reports.Html.Text(c.Cell(p))), Figures.Number(p.Reward, 4), Figures.Percent(p.InTimeAccuracy), Figures.Percent(p.MissRate), Figures.Percent(p.FallbackRate), Figures.Percent(p.DropRate),
                Figures.Number(p.LatencyMs.Mean, 0), Figures.Number(p.LatencyMs.P50, 0), Figures.Number(p.LatencyMs.P95, 0), Figures.Number(p.LatencyMs.P99, 0),
                Figures.Number(p.EnergyMj, 1), Figures.Number(p.BytesSent / 1000, 1), Figures.Number(p.EdgeMemoryBytes / 1000, 0),
                Figures.Number(p.DecisionUs.P50, 1), Figures.Number(p.DecisionUs.P99, 1), $"{p.Seeds}", Figures.Trials(p.TuningTrials),
            ]))
            + (budgets.Count > 0 ? $"<p class=\"note\">{Reports.Html.Text(Figures.BudgetNote(report))}</p>" : "")
            + string.Concat(policies.Where(p => p.Violations.Values.Any(v => v > 0)).Select(p =>
                $"<p class=\"note\">{Reports.Html.Text($"{p.Name} broke its own limit: {string.Join(", ", p.Violations.Select(v => $"{v.Key} {v.Value}x"))}")}</p>"));
    }

    private static string Scores(EvaluationReport report, PolicyReport[] policies, Highlights highlights)
    {
        var rows = policies.Where(p => p.Score is not null).Select(p => (p.Name, p.Score!)).ToArray();
        return rows.Length == 0 ? "" : Reports.Html.Figure("Score with 95 % interval", IntervalChart.Draw("Score of each policy with its interval", ScoreAxis(rows), rows, highlights),
            Reports.Html.Text(Figures.Scale(report)) + ". A triangle: further to the left.");
    }

    /// <summary>From the worst score that is still on the scale's order to a little over the oracle.</summary>
    internal static Axis ScoreAxis(IEnumerable<(string Name, Interval Value)> rows)
    {
        var lows = rows.Select(r => r.Value.Low).Where(v => v > -2).DefaultIfEmpty(0).Min();
        return new Axis("score", Math.Max(-1.25, Math.Min(-0.1, lows - 0.05)), Math.Max(1.05, rows.Max(r => r.Value.High) + 0.05));
    }

    private static string Latencies(PolicyReport[] policies, Highlights highlights)
    {
        var lines = policies.Where(p => p.LatencyQuantilesMs.Count > 1).Select(p => new Series(p.Name, highlights.StyleOf(p.Name),
            [.. p.LatencyQuantilesMs.Select((ms, i) => (ms, i / (p.LatencyQuantilesMs.Count - 1.0)))])).ToArray();
        if (lines.Length == 0)
            return "";
        var frame = new ChartFrame(new Axis("latency, ms (missed: the deadline)", 0, policies.Max(p => p.LatencyMs.P99)), new Axis("share of requests", 0, 1));
        return Reports.Html.Figure("Distribution of latency", LineChart.Draw("Cumulative distribution of latency", frame, lines) + Legend(lines.Select(l => l.Name).ToArray(), highlights), "");
    }

    private static string Front(PolicyReport[] policies, Highlights highlights, string title, string across, Func<PolicyReport, double> cost)
    {
        var dots = policies.Select(p => new Dot(p.Name, cost(p), 100 * p.InTimeAccuracy)).ToArray();
        var positive = dots.Where(d => d.X > 0).Select(d => d.X).DefaultIfEmpty(1).ToArray();
        var frame = new ChartFrame(Axis.Over(across, positive, log: positive.Max() > 8 * positive.Min()), Axis.Over("right in time, %", dots.Select(d => d.Y)));
        return Reports.Html.Figure(title, ScatterChart.Draw(title, frame, dots, highlights, (false, true)) + Legend(dots.Select(d => d.Name).ToArray(), highlights),
            "Dashed: what no other policy beats in both. " + (dots.Any(d => d.X <= 0) ? "At the left edge: none." : ""));
    }

    /// <summary>LMOS minimises latency and maximises the memory used at the edge; nothing else.</summary>
    private static string LmosObjectives(EvaluationReport report, PolicyReport[] policies, Highlights highlights)
    {
        if (report.LatencyMemoryScale is not { } scale || !policies.Any(IsLmos))
            return "";
        var dots = policies.Select(p => new Dot(p.Name, p.LatencyMs.Mean, p.EdgeMemoryBytes / 1e6)).ToArray();
        var frame = new ChartFrame(Axis.Over("mean latency, ms", dots.Select(d => d.X), fromZero: true), Axis.Over("memory used on the device, MB", dots.Select(d => d.Y), fromZero: true));
        double Volume(IEnumerable<PolicyReport> set) => LatencyMemory.HypervolumeShare(set.Select(p => new LatencyMemory(p.LatencyMs.Mean / 1000, p.EdgeMemoryBytes)),
            LatencyMemory.Reference(scale.DeadlineMs / 1000), scale.ModelMemoryBytes);
        var learners = policies.Where(p => !PlannerCatalogue.Knows(p.Name)).ToArray();
        var note = $"Hypervolume, of the box from the median deadline ({Figures.Number(scale.DeadlineMs, 0)} ms) and no memory to none and the whole network's "
            + $"({Figures.Number(scale.ModelMemoryBytes / 1e6, 2)} MB): LMOS' rows {Figures.Number(Volume(policies.Where(IsLmos)), 3)}, "
            + (learners.Length > 0 ? $"trained policies {Figures.Number(Volume(learners), 3)}, " : "")
            + $"all others {Figures.Number(Volume(policies.Where(p => !IsLmos(p) && !Contestants.IsDiagnostic(p.Name))), 3)}.";
        return Reports.Html.Figure("LMOS' own objectives: latency, and memory used on the device (LMOS wants more)",
            ScatterChart.Draw("Latency and memory on the device", frame, dots, highlights, (false, true)) + Legend(dots.Select(d => d.Name).ToArray(), highlights), note);
    }

    private static bool IsLmos(PolicyReport p) => p.Name.StartsWith("lmos", StringComparison.Ordinal);

    private static string DecisionTimes(PolicyReport[] policies, Highlights highlights)
    {
        var rows = policies.OrderBy(p => p.DecisionUs.P50).Select(p => (p.Name, new Interval(p.DecisionUs.P50, p.DecisionUs.P50, p.DecisionUs.P99))).ToArray();
        return Reports.Html.Figure("Time of a decision, median to 99th percentile", IntervalChart.Draw("Decision time of each policy",
            Axis.Over("µs", rows.SelectMany(r => new[] { r.Item2.Low, r.Item2.High }), log: true), rows, highlights), "On the evaluating machine, one thread a policy.");
    }

    private static string Plans(PolicyReport[] policies) => "<details><summary>Plans chosen</summary>" + Reports.Html.Table(["policy", "most chosen plans"],
        policies.Select(p => (IReadOnlyList<string>)[Reports.Html.Text(p.Name), string.Join(", ", p.Plans.Take(6).Select(plan =>
            $"{Reports.Html.Text(plan.Key)} {Figures.Percent((double)plan.Value / p.Plans.Values.Sum())}"))]), "facts-table") + "</details>";

    private static string Provenance(EvaluationReport r)
    {
        var rows = new List<IReadOnlyList<string>>
        {
            new[] { "config", Reports.Html.Text($"{r.Provenance?.ConfigFile ?? r.Config}, evaluation seed {r.Seed}") },
            new[] { "hindsight oracle", Reports.Html.Text($"beam {r.Oracle.Beam}, roster {string.Join(", ", r.Oracle.Roster)}; raised by {(r.Oracle.RaisedBy.Count > 0 ? string.Join(", ", r.Oracle.RaisedBy) : "nobody")}") },
            new[] { "links", string.Join("<br/>", r.Links.Select(l => Reports.Html.Text($"{l.File}: {l.Windows} windows, mean {Figures.Number(l.MeanMbitS, 2)} Mbit/s"))) },
        };
        if (r.Provenance is { } p)
            rows.AddRange([
                ["profile", $"sha256 {p.ProfileSha256}"], ["plans", $"sha256 {p.PlansSha256}"], ["scenario", $"sha256 {p.ScenarioSha256}"],
                ["test windows", $"hash {Reports.Html.Text(p.TestLinks)}"], ["tuning windows", $"hash {Reports.Html.Text(p.TuningLinks)}"],
                ["intervals", $"95 %; one policy: bootstrap-t over windows, {p.Bootstrap} draws; several seeds: Student's t over seeds crossed with windows"],
                ["version", Reports.Html.Text($"{p.Version}, .NET {p.DotNet}")]]);
        return "<details><summary>Provenance</summary>" + Reports.Html.Table(["", ""], rows, "facts-table")
            + (r.Warnings.Count > 0 ? $"<ul class=\"plain\">{string.Concat(r.Warnings.Select(w => $"<li>{Reports.Html.Text(w)}</li>"))}</ul>" : "") + "</details>\n";
    }

    private static string Legend(IReadOnlyList<string> names, Highlights highlights) => highlights.Legend(names, names.Count(n => !highlights.Contains(n)));
}

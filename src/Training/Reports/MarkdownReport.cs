using System.Text;
using RlOffload.Training.Evaluation;
using RlOffload.Training.Suites;

namespace RlOffload.Training.Reports;

/// <summary>Results as Markdown tables, for a README or a paper's appendix.</summary>
public static class MarkdownReport
{
    public static string Text(EvaluationReport report)
    {
        var text = new StringBuilder();
        Line(text, $"{report.Windows} windows, room {Figures.Number(report.Room, 3)} reward a request; {Figures.Scale(report)}.");
        if (Figures.Room(report) is { Length: > 0 } room)
            Line(text, room);
        Line(text, "");
        var budgets = Figures.BudgetColumns(report);
        Table(text, ["policy", "score (95 %)", .. budgets.Select(b => b.Head), "reward", "right in time", "missed", "mean ms", "p95 ms", "mJ", "kB sent", "memory kB", "decision us", "seeds", "tuning trials"],
            report.Ranked.Select(p => (IReadOnlyList<string>)
            [
                Code(p.Name), Figures.Score(p, report.Room), .. budgets.Select(b => b.Cell(p)), Figures.Number(p.Reward, 4), Figures.Percent(p.InTimeAccuracy), Figures.Percent(p.MissRate),
                Figures.Number(p.LatencyMs.Mean, 0), Figures.Number(p.LatencyMs.P95, 0), Figures.Number(p.EnergyMj, 0), Figures.Number(p.BytesSent / 1000, 1),
                Figures.Number(p.EdgeMemoryBytes / 1000, 0), Figures.Number(p.DecisionUs.P50, 1), $"{p.Seeds}", Figures.Trials(p.TuningTrials),
            ]));
        if (budgets.Count > 0)
            Line(text, $"\n{Figures.BudgetNote(report)}");
        foreach (var warning in report.Warnings)
            Line(text, $"\n- {Cell(warning)}");
        return text.ToString();
    }

    public static string Text(SuiteReport suite)
    {
        var text = new StringBuilder();
        Table(text, ["policy", .. suite.Scenarios.Select(s => Code(s.Config))], SuiteAggregate.Names(suite.Scenarios).Select(name => new[] { Code(name) }
            .Concat(suite.Scenarios.Select(s => s.Policies.FirstOrDefault(p => p.Name == name) is { } p ? Figures.Score(p, s.Room) : "")).ToArray()));
        Line(text, "");
        Table(text, ["scenario", "windows", "room (95 %)", "0 =", "reward there", "reward of the oracle", "best planner", "takes (95 %)", "left to learn"], suite.Scenarios.Select(s => new[]
        {
            Code(s.Config), $"{s.Windows}", s.RoomTaken is { } r ? Figures.WithRange(r.Room, 3) : Figures.Number(s.Room, 3), Code(s.StaticPlan), Figures.Number(s.StaticReward, 4),
            Figures.Number(s.OracleReward, 4), s.RoomTaken?.BestPlanner is { } best ? Code(best) : "", Figures.WithRange(s.RoomTaken?.Taken), Figures.Left(s),
        }));
        if (suite.Aggregate is { } aggregate)
        {
            Line(text, $"\nOver {aggregate.Scenarios.Count} scenarios; intervals resample seeds and windows within each.\n");
            Table(text, ["policy", "scenarios", "IQM (95 %)", "mean (95 %)", "optimality gap (95 %)", $"P(better than {aggregate.Baseline})", "seeds", "tuning trials"],
                aggregate.Ranked.Select(p => new[]
                {
                    Code(p.Name), p.Behind, Figures.WithRange(p.InterquartileMean), Figures.WithRange(p.Mean), Figures.WithRange(p.OptimalityGap),
                    Figures.WithRange(p.ImprovementOverBaseline), p.Seeds.Fewest == p.Seeds.Most ? $"{p.Seeds.Most}" : $"{p.Seeds.Fewest}..{p.Seeds.Most}", Figures.Trials(p.TuningTrials),
                }));
            if (aggregate.WithoutRoom.Count > 0)
                Line(text, $"\nNo room, so no score: {string.Join(", ", aggregate.WithoutRoom.Select(Code))}.");
        }
        foreach (var skipped in suite.Skipped)
            Line(text, $"\nSkipped: {Code(skipped.Config)}. {Cell(string.Join(" ", skipped.Missing))}");
        foreach (var (config, warning) in suite.Scenarios.SelectMany(s => s.Warnings.Select(w => (s.Config, w))))
            Line(text, $"\n- {Code(config)}: {Cell(warning)}");
        return text.ToString();
    }

    private static void Table(StringBuilder text, IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows)
    {
        Line(text, $"| {string.Join(" | ", head)} |");
        Line(text, "|" + string.Concat(Enumerable.Repeat("---|", head.Count)));
        foreach (var row in rows)
            Line(text, $"| {string.Join(" | ", row.Select(Cell))} |");
    }

    private static string Code(string text) => $"`{text}`";

    private static string Cell(string text) => text.Replace("|", "\\|").ReplaceLineEndings(" ");

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}

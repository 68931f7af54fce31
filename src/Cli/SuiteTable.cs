using RlOffload.Training.Evaluation;
using RlOffload.Training.Reports;
using RlOffload.Training.Suites;
using Spectre.Console;

namespace RlOffload.Cli;

/// <summary>Several scenarios in the terminal: scores with intervals, then what they come to together.</summary>
internal static class SuiteTable
{
    public static void Write(SuiteReport suite)
    {
        var scores = new Table().Border(TableBorder.Rounded).Title("score: 0 = best fixed plan of the training windows, 1 = hindsight oracle").AddColumn("policy");
        foreach (var scenario in suite.Scenarios)
            scores.AddColumn(new TableColumn($"{Markup.Escape(scenario.Config)}\n[dim]room {Figures.Number(scenario.Room, 3)}[/]").RightAligned());
        var order = suite.Aggregate?.Ranked.Select(p => p.Name).ToList() ?? [];
        foreach (var name in order.Concat(suite.Scenarios.SelectMany(s => s.Policies).Select(p => p.Name)).Distinct())
            scores.AddRow([Markup.Escape(name), .. suite.Scenarios.Select(s => Cell(s, name))]);
        AnsiConsole.Write(scores);
        if (suite.Aggregate is { } aggregate)
            Write(aggregate);
        foreach (var skipped in suite.Skipped)
            AnsiConsole.MarkupLineInterpolated($"[yellow]skipped[/] {skipped.Config}: {string.Join(" ", skipped.Missing)}");
        foreach (var (config, warning) in suite.Scenarios.SelectMany(s => s.Warnings.Select(w => (s.Config, w))))
            AnsiConsole.MarkupLineInterpolated($"[yellow]{config}[/] {warning}");
    }

    private static void Write(AggregateReport aggregate)
    {
        var table = new Table().Border(TableBorder.Rounded).Title($"over {aggregate.Scenarios.Count} scenarios, seeds and windows resampled within each").AddColumn("policy");
        foreach (var column in new[] { "scenarios", "IQM", "95 %", "optimality gap", "95 %", $"P(better than {aggregate.Baseline})", "95 %", "seeds", "tuning trials" })
            table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var p in aggregate.Ranked)
            table.AddRow(Markup.Escape(p.Name), p.Behind, Figures.Number(p.InterquartileMean.Mean, 3), Figures.Range(p.InterquartileMean, 2),
                Figures.Number(p.OptimalityGap.Mean, 3), Figures.Range(p.OptimalityGap, 2),
                p.ImprovementOverBaseline is { } i ? Figures.Number(i.Mean, 2) : "", p.ImprovementOverBaseline is { } j ? Figures.Range(j, 2) : "",
                p.Seeds.Fewest == p.Seeds.Most ? $"{p.Seeds.Most}" : $"{p.Seeds.Fewest}..{p.Seeds.Most}", Figures.Trials(p.TuningTrials));
        if (aggregate.WithoutRoom.Count > 0)
            table.Caption($"no room, so no score: {Markup.Escape(string.Join(", ", aggregate.WithoutRoom))}");
        AnsiConsole.Write(table);
    }

    private static string Cell(EvaluationReport scenario, string name) => scenario.Policies.FirstOrDefault(p => p.Name == name) switch
    {
        null => "",
        { Score: { } score } => $"{Figures.Number(score.Mean, 2)}\n[dim]{Figures.Range(score, 2)}[/]",
        var policy => Figures.Score(policy, scenario.Room),
    };
}

using RlOffload.Training.Evaluation;
using RlOffload.Training.Reports;
using Spectre.Console;

namespace RlOffload.Cli;

/// <summary>An evaluation as a table in the terminal, best first.</summary>
internal static class EvaluationTable
{
    public static void Write(EvaluationReport report, IReadOnlySet<string>? emphasised = null)
    {
        var table = new Table().Border(TableBorder.Rounded).Title($"{report.Config}: {report.Windows} windows, room {F(report.Room, 3)} reward a request");
        table.AddColumn("policy");
        var budgets = Figures.BudgetColumns(report);
        foreach (var column in (string[])["score", "95 %", .. budgets.Select(b => Markup.Escape(b.Head)), "reward", "in time, right", "missed", "fallback", "mean ms", "p95 ms", "mJ", "kB", "memory kB", "decide us", "tuning trials"])
            table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var p in report.Ranked)
        {
            string[] cells =
            [
                p.Seeds > 1 ? $"{p.Name} ({p.Seeds} seeds)" : p.Name, p.Score is { } s ? F(s.Mean, 3) : Figures.Score(p, report.Room), p.Score is { } i ? $"{F(i.Low, 2)}..{F(i.High, 2)}" : "",
                .. budgets.Select(b => b.Cell(p)), F(p.Reward, 4),
                P(p.InTimeAccuracy), P(p.MissRate), P(p.FallbackRate), F(p.LatencyMs.Mean, 0), F(p.LatencyMs.P95, 0), F(p.EnergyMj, 0),
                F(p.BytesSent / 1000, 1), F(p.EdgeMemoryBytes / 1000, 0), F(p.DecisionUs.P50, 1), Figures.Trials(p.TuningTrials),
            ];
            table.AddRow([.. cells.Select(c => new Markup(emphasised?.Contains(p.Name) == true ? $"[bold]{Markup.Escape(c)}[/]" : Markup.Escape(c)))]);
        }
        table.Caption(Markup.Escape(Figures.Scale(report)));
        AnsiConsole.Write(table);
        if (Figures.Room(report) is { Length: > 0 } room)
            AnsiConsole.MarkupLineInterpolated($"{room}");
        if (budgets.Count > 0)
            AnsiConsole.MarkupLineInterpolated($"{Figures.BudgetNote(report)}");
        foreach (var p in report.Policies.Where(p => p.Violations.Values.Any(v => v > 0)))
            AnsiConsole.MarkupLineInterpolated($"{p.Name} broke its own limit: {string.Join(", ", p.Violations.Select(v => $"{v.Key} {v.Value}x"))}");
        foreach (var warning in report.Warnings)
            AnsiConsole.MarkupLineInterpolated($"[yellow]warning[/] {warning}");
    }

    private static string F(double value, int digits) => Figures.Number(value, digits);

    private static string P(double share) => Figures.Percent(share);
}

using System.Text.Json;
using RlOffload.Environment.Profiles;
using RlOffload.Training.Evaluation;
using RlOffload.Training.Statistics;
using Spectre.Console;

namespace RlOffload.Bench;

/// <summary>How often 95 % intervals hold the truth: simulated populations, and the windows of real evaluations.</summary>
internal static class CoverageBench
{
    private const int Experiments = 2000, Draws = 1000;

    /// <param name="evaluations">Files of 'rloffload evaluate --json', with many windows; each policy's windows become a population.</param>
    public static void Run(IReadOnlyList<string> evaluations)
    {
        var study = new CoverageStudy(Experiments, Draws, 1);
        var table = new Table().AddColumns("population", "windows", "seeds", "method", "coverage of 95 %", "mean width")
            .Title($"{Experiments} experiments each, {Draws} draws; the simulation's own standard error is {100 * Math.Sqrt(0.95 * 0.05 / Experiments):F1} points");
        foreach (var skewed in new[] { false, true })
            foreach (var windows in new[] { 10, 20, 40, 80 })
                Add(table, study.Windows(windows, skewed));
        foreach (var file in evaluations)
        {
            var report = JsonSerializer.Deserialize<EvaluationReport>(File.ReadAllBytes(file), ProfileFile.Json)!;
            foreach (var (name, rewards) in report.Rewards.Where(r => r.Key != "static"))
                Add(table, study.Real(name, Less(rewards, report.AnchorRewards), Less(report.OracleRewards, report.AnchorRewards), 40));
        }
        foreach (var skewed in new[] { false, true })
            foreach (var seeds in new[] { 3, 5, 10 })
                Add(table, study.Seeds(seeds, 40, skewed));
        var fewer = new CoverageStudy(Experiments / 4, Draws / 2, 1);
        foreach (var seeds in new[] { 5, 10 })
            Add(table, fewer.InterquartileMeans(8, seeds, 40));
        AnsiConsole.Write(table);
    }

    private static void Add(Table table, IReadOnlyList<Coverage> rows)
    {
        foreach (var r in rows)
            table.AddRow(Markup.Escape(r.Population), $"{r.Windows}", $"{r.Seeds}", r.Method, $"{100 * r.Share:F1} %", $"{r.Width:F3}");
    }

    private static double[] Less(IReadOnlyList<double> a, IReadOnlyList<double> b) => [.. a.Zip(b, (x, y) => x - y)];
}

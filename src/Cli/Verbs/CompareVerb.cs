using System.CommandLine;
using System.Text.Json;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Training;
using RlOffload.Training.Evaluation;
using RlOffload.Training.Reports;
using Spectre.Console;

namespace RlOffload.Cli.Verbs;

internal static class CompareVerb
{
    public static Command Create()
    {
        var runs = new Argument<string[]>("RUN")
        {
            Description = "Folders of runs of one scenario; NAME=RUN,RUN,... is one learner with several seeds; planners may stand beside them.", Arity = ArgumentArity.OneOrMore,
        };
        var windows = new Option<int?>("--windows") { Description = "Windows to play [default: evaluate.windows of the first run's config]." };
        var json = new Option<string?>("--json") { Description = "Write the comparison to this file." };
        var noCache = new Option<bool>("--no-cache") { Description = "Tune planners and search the oracle anew." };
        var command = new Command("compare", """
            Plays trained policies against each other on the test windows of their common scenario: each one's score, and for every two
            of them the paired difference of rewards with its 95 % interval and the probability that the first earns more in a window, and in a
            run: with all its windows, of seeds against seeds.

            Examples:
              rloffload compare runs/quickstart-seed1 runs/quickstart-seed2
              rloffload compare wide=runs/w1,runs/w2,runs/w3 narrow=runs/n1,runs/n2,runs/n3 priced --json compare.json
            """)
        {
            runs, windows, json, noCache,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            await Task.Yield();
            if (parsed.GetValue(windows) is < 1)
                throw new InputException("--windows", $"{parsed.GetValue(windows)}", "allowed is 1 or more");
            var file = parsed.GetValue(json);
            OutputFiles.RequireFolders(("--json", file));
            var comparison = Run(parsed.GetRequiredValue(runs), parsed.GetValue(windows), parsed.GetValue(noCache) ? null : EvaluateVerb.CacheFolder, cancel);
            Write(comparison);
            if (file is not null)
                RunFolder.WriteText(file, JsonSerializer.Serialize(comparison with { Evaluation = comparison.Evaluation with { Timeline = null } }, ProfileFile.Json));
            return 0;
        });
        return command;
    }

    private static Comparison Run(string[] typed, int? windows, string? cache, CancellationToken cancel)
    {
        var choices = PolicyChoice.Parse(typed);
        if (choices.Sum(c => c.Sources.Count) < 2)
            throw new InputException("RUN", string.Join(" ", typed), "is a single policy, allowed are two or more");
        var first = choices.SelectMany(c => c.Sources).FirstOrDefault(RunFolder.IsIn)
            ?? throw new InputException("RUN", string.Join(" ", typed), "names no run, allowed is at least one folder that 'rloffload train' wrote: its config says what is played");
        var experiment = Experiment.Load(new RunFolder(first).Config, []);
        Comparison comparison = null!;
        Stages.Bars(AnsiConsole.Console).Start(context =>
        {
            var stages = new Stages(context);
            var world = experiment.Build((n, of) => stages.Report(new("reading links", (double)n / of)));
            var others = choices.SelectMany(c => c.Sources).Where(RunFolder.IsIn).Where(s => new RunFolder(s).ReadManifest().ScenarioSha256 != world.ScenarioHash).ToList();
            if (others.Count > 0)
                throw new InputException([.. others.Select(o => $"{new RunFolder(o).Manifest}:scenario_sha256: is not that of {first}; allowed are runs of the same scenario")]);
            var evaluator = new Evaluator(world, cache, System.Environment.ProcessorCount, stages);
            var contestants = choices.SelectMany(c => evaluator.Contestants.Find(c)).ToList();
            comparison = Comparison.Of(evaluator.Run(contestants, world.Test, windows ?? experiment.Evaluate.Windows, 0, stages, cancel));
        });
        return comparison;
    }

    private static void Write(Comparison comparison)
    {
        EvaluationTable.Write(comparison.Evaluation);
        var table = new Table().Border(TableBorder.Rounded).Title("paired differences, reward a request").AddColumns("first", "second");
        foreach (var column in new[] { "first - second", "95 %", "P(more in a window)", "95 %", "P(more in a run)" })
            table.AddColumn(new TableColumn(column).RightAligned());
        table.AddColumn("");
        foreach (var p in comparison.Pairs)
            table.AddRow(Markup.Escape(p.First), Markup.Escape(p.Second), Figures.Number(p.Difference.Mean, 4), Figures.Range(p.Difference, 4),
                Figures.Number(p.Improvement.Mean, 2), Figures.Range(p.Improvement, 2), Figures.Number(p.Runs, 2), Markup.Escape(p.Verdict));
        AnsiConsole.Write(table);
    }
}

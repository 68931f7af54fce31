using System.CommandLine;
using System.Text.Json;
using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Training;
using RlOffload.Training.Evaluation;
using Spectre.Console;

namespace RlOffload.Cli.Verbs;

internal static class EvaluateVerb
{
    public static Command Create()
    {
        var config = new Argument<string>("CONFIG") { Description = "A config, such as configs/quickstart.yaml." };
        var policies = new Option<string[]>("--policy")
        {
            Description = "A planner's name, the folder of a run, or of a frozen policy; repeat it for several [default: all planners]. Planners: "
                + string.Join(", ", PlannerCatalogue.All.Select(p => p.Name)) + "; NAME@8 sends 8 bits where a planner does not choose.",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = true,
        };
        var traces = new Option<string[]>("--traces") { Description = "Evaluate on these trace files, folders or link models instead of the config's test links.", AllowMultipleArgumentsPerToken = true };
        var windows = new Option<int?>("--windows") { Description = "Windows to play [default: evaluate.windows of the config, or all that --traces gives up to 200]." };
        var json = new Option<string?>("--json") { Description = "Write the result to this file." };
        var set = new Option<string[]>("--set") { Description = "Change a key of the config: --set uplink.rate_scale=0.1", AllowMultipleArgumentsPerToken = true };
        var seed = new Option<ulong?>("--seed") { Description = "Instead of the config's seed." };
        var noCache = new Option<bool>("--no-cache") { Description = "Tune planners and search the oracle anew." };
        var command = new Command("evaluate", """
            Plays policies on the same windows of links that nothing was trained on and scores them:
            0 = the best fixed plan of the training windows, 1 = the hindsight oracle.

            Examples:
              rloffload evaluate configs/quickstart.yaml --policy priced --policy lmos --policy lmos@8 --json result.json
              rloffload evaluate configs/quickstart.yaml --policy runs/quickstart-seed1 --traces DIR
            """)
        {
            config, policies, traces, windows, json, set, seed, noCache,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            await Task.Yield();
            var experiment = Experiment.Load(parsed.GetRequiredValue(config), parsed.GetValue(set) ?? [], parsed.GetValue(seed));
            var file = parsed.GetValue(json);
            if (file is not null && Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder && !Directory.Exists(folder))
                throw new InputException("--json", file, $"cannot be written because {folder} is not there, allowed is a file in a folder that is");
            var typed = parsed.GetValue(policies) is { Length: > 0 } p ? p : [.. PlannerCatalogue.All.Select(e => e.Name)];
            var report = Evaluate(experiment, typed, parsed.GetValue(traces) ?? [], parsed.GetValue(windows), parsed.GetValue(noCache), cancel);
            EvaluationTable.Write(report);
            if (file is not null)
                RunFolder.WriteText(file, JsonSerializer.Serialize(report, ProfileFile.Json));
            return 0;
        });
        return command;
    }

    private static EvaluationReport Evaluate(Experiment experiment, string[] policies, string[] traces, int? windows, bool noCache, CancellationToken cancel)
    {
        if (windows is < 1)
            throw new InputException("--windows", $"{windows}", "allowed is 1 or more");
        EvaluationReport report = null!;
        Stages.Bars(AnsiConsole.Console).Start(context =>
        {
            var stages = new Stages(context);
            var world = experiment.Build((n, of) => stages.Report(new("reading links", (double)n / of)));
            var evaluator = new Evaluator(world, noCache ? null : CacheFolder, System.Environment.ProcessorCount, stages);
            var links = traces.Length > 0 ? world.Open(traces) : world.Test;
            var contestants = policies.Select(evaluator.Contestants.Find).ToList();
            report = evaluator.Run(contestants, links, windows ?? (traces.Length > 0 ? 200 : experiment.Evaluate.Windows), 0, stages, cancel);
        });
        return report;
    }

    /// <summary>In the user's cache, shared by all checkouts: entries are keyed by what they depend on.</summary>
    internal static string CacheFolder => Path.Combine(
        System.Environment.GetFolderPath(System.Environment.SpecialFolder.LocalApplicationData, System.Environment.SpecialFolderOption.DoNotVerify) is { Length: > 0 } folder
            ? folder : Path.GetTempPath(), "rloffload");
}

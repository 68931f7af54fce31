using System.CommandLine;
using System.Text.Json;
using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Training;
using RlOffload.Training.Evaluation;
using RlOffload.Training.Regimes;
using RlOffload.Training.Reports;
using RlOffload.Training.Suites;
using Spectre.Console;

namespace RlOffload.Cli.Verbs;

internal static class EvaluateVerb
{
    public static Command Create()
    {
        var configs = new Argument<string[]>("CONFIG") { Description = "A config, such as configs/quickstart.yaml, or several: configs/scenarios/*.yaml.", Arity = ArgumentArity.OneOrMore };
        var policies = new Option<string[]>("--policy")
        {
            Description = "A planner's name, the folder of a run, or of a frozen policy; NAME=RUN,RUN,... is one learner trained with several seeds; all: every planner. "
                + "Repeat it for several [default: all]. Planners: "
                + string.Join(", ", PlannerCatalogue.All.Select(p => p.Name)) + "; NAME@8 sends 8 bits where a planner does not choose.",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = true,
        };
        var traces = new Option<string[]>("--traces") { Description = "Evaluate on these trace files, folders or link models instead of the config's test links.", AllowMultipleArgumentsPerToken = true };
        var windows = new Option<int?>("--windows") { Description = "Windows to play [default: evaluate.windows of the config, or all that --traces gives up to 200]." };
        var json = new Option<string?>("--json") { Description = "Write the result to this file." };
        var csv = new Option<string?>("--csv") { Description = "Write one line a scenario and policy to this file." };
        var markdown = new Option<string?>("--markdown") { Description = "Write the tables as Markdown to this file." };
        var page = new Option<string?>("--report") { Description = "Write a page with all tables and charts to this file (HTML, nothing else needed to look at it)." };
        var regimes = new Option<string?>("--regimes") { Description = "Draw this map in the report too: what 'rloffload regimes --json' wrote." };
        var set = new Option<string[]>("--set") { Description = "Change a key of the config: --set uplink.rate_scale=0.1", AllowMultipleArgumentsPerToken = true };
        var seed = new Option<ulong?>("--seed") { Description = "Instead of the config's seed." };
        var noCache = new Option<bool>("--no-cache") { Description = "Tune planners, search the oracle and play every scenario anew." };
        var command = new Command("evaluate", """
            Plays policies on the same windows of links that nothing was trained on and scores them:
            0 = the best fixed plan of the training windows, 1 = the hindsight oracle. Intervals are 95 %; a learner given with several
            seeds is scored over all of them. Several configs are a suite: each scenario's result is kept when it is finished, so that
            after Ctrl-C the same command goes on; a scenario whose data is not here is skipped, saying what is missing.

            Examples:
              rloffload evaluate configs/quickstart.yaml --policy priced --policy lmos --policy lmos@8 --json result.json --report result.html
              rloffload evaluate configs/quickstart.yaml --policy runs/quickstart-seed1 --traces DIR
              rloffload evaluate configs/scenarios/*.yaml --policy all --policy sac=runs/a,runs/b,runs/c --markdown table.md --csv table.csv
            """)
        {
            configs, policies, traces, windows, json, csv, markdown, page, regimes, set, seed, noCache,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            await Task.Yield();
            var outputs = new Outputs(parsed.GetValue(json), parsed.GetValue(csv), parsed.GetValue(markdown), parsed.GetValue(page));
            outputs.RequireFolders();
            var map = parsed.GetValue(regimes) is { } file ? RegimeMap.Read(file) : null;
            if (parsed.GetValue(windows) is < 1)
                throw new InputException("--windows", $"{parsed.GetValue(windows)}", "allowed is 1 or more");
            var options = new SuiteOptions(
                PolicyChoice.Parse(parsed.GetValue(policies) is { Length: > 0 } p ? p : [PolicyChoice.All]), parsed.GetValue(windows), parsed.GetValue(set) ?? [],
                parsed.GetValue(seed), parsed.GetValue(noCache) ? null : CacheFolder, System.Environment.ProcessorCount);
            var links = parsed.GetValue(traces) ?? [];
            if (parsed.GetRequiredValue(configs) is not [var config])
                return RunSuite(parsed.GetRequiredValue(configs), options, links, outputs, cancel);
            var report = Evaluate(config, options, links, cancel);
            EvaluationTable.Write(report);
            outputs.Write(Json(WithoutTimeline(report)), [report], () => MarkdownReport.Text(report), () => HtmlReport.Page(report, map));
            return 0;
        });
        return command;
    }

    private static EvaluationReport Evaluate(string config, SuiteOptions options, string[] traces, CancellationToken cancel)
    {
        EvaluationReport report = null!;
        var experiment = Experiment.Load(config, options.Overrides, options.Seed);
        Stages.Bars(AnsiConsole.Console).Start(context =>
        {
            var stages = new Stages(context);
            var world = experiment.Build((n, of) => stages.Report(new("reading links", (double)n / of)));
            var evaluator = new Evaluator(world, options.Cache, options.Threads, stages);
            var links = traces.Length > 0 ? world.Open(traces) : world.Test;
            var contestants = options.Policies.SelectMany(p => evaluator.Contestants.Find(p)).ToList();
            report = evaluator.Run(contestants, links, options.Windows ?? (traces.Length > 0 ? 200 : experiment.Evaluate.Windows), 0, stages, cancel);
        });
        return report;
    }

    private static int RunSuite(string[] configs, SuiteOptions options, string[] traces, Outputs outputs, CancellationToken cancel)
    {
        if (traces.Length > 0)
            throw new InputException("--traces", traces[0], "replaces the links of one config, allowed is a single CONFIG with it");
        var suite = new Suite(configs, options);
        try
        {
            SuiteReport report = null!;
            Stages.Bars(AnsiConsole.Console).Start(context => report = suite.Run(new SuiteBars(context, suite.Scenarios), cancel));
            SuiteTable.Write(report);
            outputs.Write(Json(report with { Scenarios = [.. report.Scenarios.Select(WithoutTimeline)] }), report.Scenarios, () => MarkdownReport.Text(report), () => HtmlReport.Page(report));
            return 0;
        }
        catch (OperationCanceledException)
        {
            AnsiConsole.MarkupLineInterpolated(options.Cache is null
                ? $"interrupted after {suite.Done} of {suite.Scenarios} scenarios; without --no-cache they would be kept"
                : (FormattableString)$"interrupted: {suite.Done} of {suite.Scenarios} scenarios are finished and kept; the same command goes on with the next");
            return 130;
        }
    }

    private static string Json<T>(T result) => JsonSerializer.Serialize(result, ProfileFile.Json);

    /// <summary>The timeline is for the page's picture; as numbers it would be most of the file.</summary>
    private static EvaluationReport WithoutTimeline(EvaluationReport report) => report with { Timeline = null };

    /// <summary>In the user's cache, shared by all checkouts: entries are keyed by what they depend on.</summary>
    internal static string CacheFolder => Path.Combine(
        System.Environment.GetFolderPath(System.Environment.SpecialFolder.LocalApplicationData, System.Environment.SpecialFolderOption.DoNotVerify) is { Length: > 0 } folder
            ? folder : Path.GetTempPath(), "rloffload");

    /// <summary>The files that the user wants; null: not wanted.</summary>
    private sealed record Outputs(string? Json, string? Csv, string? Markdown, string? Page)
    {
        /// <inheritdoc cref="OutputFiles.RequireFolders"/>
        public void RequireFolders() => OutputFiles.RequireFolders(("--json", Json), ("--csv", Csv), ("--markdown", Markdown), ("--report", Page));

        public void Write(string json, IReadOnlyList<EvaluationReport> scenarios, Func<string> markdown, Func<string> page)
        {
            if (Json is not null)
                RunFolder.WriteText(Json, json);
            if (Csv is not null)
                RunFolder.WriteText(Csv, CsvReport.Text(scenarios));
            if (Markdown is not null)
                RunFolder.WriteText(Markdown, markdown());
            if (Page is not null)
                RunFolder.WriteText(Page, page());
        }
    }
}

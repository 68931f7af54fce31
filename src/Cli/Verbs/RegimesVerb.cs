using System.CommandLine;
using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Training;
using RlOffload.Training.Evaluation;
using RlOffload.Training.Regimes;
using RlOffload.Training.Reports;
using RlOffload.Training.Suites;
using Spectre.Console;

namespace RlOffload.Cli.Verbs;

internal static class RegimesVerb
{
    /// <summary>A map asks where to look, with many cells: fewer windows and a narrower beam than an evaluation has.</summary>
    private static readonly string[] Coarse = ["evaluate.training_windows=12", "evaluate.oracle_width=6", "evaluate.bootstrap=1000"];

    private const int CoarseWindows = 12;

    public static Command Create()
    {
        var config = new Argument<string>("CONFIG") { Description = "A config, such as configs/quickstart.yaml." };
        var axes = new RegimeAxes();
        var loads = Several<double>("--load", "Factors on the rate of requests", axes.Loads);
        var arrivals = Several<ArrivalKind>("--arrivals", "Kinds of arrivals", axes.Arrivals);
        var knowledge = Several<RateKnowledge>("--observe", "What the device knows of the link: own transfers only, or the modem's rate too", axes.Knowledge);
        var deadlines = Several<double>("--deadline", "Factors on the median deadline", axes.Deadlines);
        var policies = new Option<string[]>("--policy")
        {
            Description = $"Planners, runs or frozen policies to draw, as 'evaluate' takes them [default: {string.Join(" ", RegimeMap.DefaultPolicies)}]; a run is drawn beside these.",
            AllowMultipleArgumentsPerToken = true,
        };
        var windows = new Option<int>("--windows") { Description = $"Windows a cell [default: {CoarseWindows}].", DefaultValueFactory = _ => CoarseWindows };
        var report = new Option<string?>("--report") { Description = "Write the map as a page to this file (HTML)." };
        var json = new Option<string?>("--json") { Description = "Write the map to this file, which 'evaluate --regimes' draws in its report." };
        var set = new Option<string[]>("--set") { Description = "Change a key of the config: --set evaluate.oracle_width=16", AllowMultipleArgumentsPerToken = true };
        var noCache = new Option<bool>("--no-cache") { Description = "Play every cell anew." };
        var command = new Command("regimes", """
            Draws the map of room of a scenario over load, arrivals, knowledge of the link and deadline: what a fixed plan loses, what the best
            planner recovers, what knowing the link or the arrivals would be worth, and what is left. It trains nothing, so that you see whether
            learning is worth it for your own system before you train. Finished cells are kept: after Ctrl-C the same command goes on.

            Examples:
              rloffload regimes configs/quickstart.yaml --report regimes.html
              rloffload regimes configs/quickstart.yaml --load 1 2 --deadline 1 --policy checkpoints/quickstart
            """)
        {
            config, loads, arrivals, knowledge, deadlines, policies, windows, report, json, set, noCache,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            await Task.Yield();
            OutputFiles.RequireFolders(("--report", parsed.GetValue(report)), ("--json", parsed.GetValue(json)));
            if (parsed.GetValue(windows) < 1)
                throw new InputException("--windows", $"{parsed.GetValue(windows)}", "allowed is 1 or more");
            var chosen = new RegimeAxes
            {
                Loads = parsed.GetRequiredValue(loads), Arrivals = parsed.GetRequiredValue(arrivals),
                Knowledge = parsed.GetRequiredValue(knowledge), Deadlines = parsed.GetRequiredValue(deadlines),
            };
            string[] typed = parsed.GetValue(policies) ?? [];
            var isPlanner = typed.Length > 0 && typed.Any(PlannerCatalogue.Knows);
            var options = new SuiteOptions(PolicyChoice.Parse(isPlanner ? typed : [.. RegimeMap.DefaultPolicies, .. typed]), parsed.GetValue(windows), [], null,
                parsed.GetValue(noCache) ? null : EvaluateVerb.CacheFolder, System.Environment.ProcessorCount, OfOthers: true);
            string[] overrides = [.. Coarse, .. parsed.GetValue(set) ?? []];
            var path = parsed.GetRequiredValue(config);
            var suite = new Suite(chosen.Entries(path, overrides), options);
            if (suite.Skipped.Count > 0)
                throw new InputException(suite.Skipped[0].Missing);
            try
            {
                SuiteReport played = null!;
                Stages.Bars(AnsiConsole.Console).Start(context => played = suite.Run(new SuiteBars(context, suite.Scenarios), cancel));
                var told = Experiment.Load(path, overrides);
                var map = RegimeMap.Of(told.Name, chosen, played, told.Evaluate.Bootstrap);
                Write(map);
                if (parsed.GetValue(json) is { } jsonFile)
                    map.Write(jsonFile);
                if (parsed.GetValue(report) is { } page)
                    RunFolder.WriteText(page, RegimePage.Html(map));
                return 0;
            }
            catch (OperationCanceledException)
            {
                AnsiConsole.MarkupLineInterpolated($"interrupted: {suite.Done} of {suite.Scenarios} cells are finished{(options.Cache is null ? "" : " and kept; the same command goes on with the next")}");
                return 130;
            }
        });
        return command;
    }

    private static void Write(RegimeMap map)
    {
        var learned = map.Cells.SelectMany(c => c.Learned.Keys).Distinct().ToArray();
        var table = new Table().Border(TableBorder.Rounded).Title(Markup.Escape($"{map.Config}: {map.Cells.Count} regimes, {map.Windows} windows each"))
            .AddColumns("arrivals", "knows").AddColumns([.. new[] { "load", "deadline", "room" }.Select(c => new TableColumn(c).RightAligned())])
            .AddColumn("best planner").AddColumns([.. new[] { "its score", "left" }.Select(c => new TableColumn(c).RightAligned())]);
        foreach (var l in learned)
            table.AddColumn(new TableColumn(Markup.Escape($"{l} less it")).RightAligned());
        table.AddColumn("");
        foreach (var c in map.Cells)
            table.AddRow([
                c.Arrivals.ToString().ToLowerInvariant(), c.Knowledge.ToString().ToLowerInvariant(), $"x{c.Load:0.###}", $"x{c.Deadline:0.###}", Figures.Number(c.Room, 3), Markup.Escape(c.Planner),
                c.PlannerScore is { } s ? Figures.Number(s, 2) : "", Figures.Number(c.Left, 3),
                .. learned.Select(l => c.Learned.TryGetValue(l, out var d) ? Markup.Escape($"{Figures.Number(d.Mean, 3)} ({Figures.Range(d, 3)})") : ""), RegimePage.Text(c.Verdict),
            ]);
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine("The best planner is picked on the windows shown; what is left is the oracle's, who knows the whole window, and not all of it can be learned.");
    }

    private static Option<T[]> Several<T>(string name, string description, IReadOnlyList<T> standard) => new(name)
    {
        Description = $"{description} [default: {string.Join(" ", standard.Select(v => FormattableString.Invariant($"{v}").ToLowerInvariant()))}].",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [.. standard],
    };
}

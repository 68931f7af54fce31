using System.CommandLine;
using System.Text.Json;
using RlOffload.Agents.Engine;
using RlOffload.Cli.Verbs.Bench;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Training;
using RlOffload.Training.Benchmarks;
using Spectre.Console;

namespace RlOffload.Cli.Verbs;

internal static class BenchVerb
{
    private const string Quickstart = "configs/quickstart.yaml";

    public static Command Create() => new("bench", """
        Measures how fast this build is on this machine, on one core. Run it on an idle machine: whatever runs beside it changes the numbers.

        Examples:
          rloffload bench env
          rloffload bench decision --hidden 256 --plans 100
          rloffload bench learner --agent sac --hidden 128 --json learner.json
          rloffload bench codec
          rloffload bench serve
          rloffload bench link configs/links/lte-att-uplink.json
          rloffload bench predict
          rloffload bench chaos --requests 20000
          rloffload bench split
          rloffload bench overhead
          rloffload bench fuzz --inputs 20000
        """)
    {
        Environment(), Decision(), Learner(), CodecBenchVerb.Create(), SplitBenchVerb.Create(), OverheadBenchVerb.Create(), ServeBenchVerb.Create(),
        LinkBenchVerb.Create(), PredictBenchVerb.Create(), ChaosBenchVerb.Create(), FuzzBenchVerb.Create(),
    };

    private static Command Environment()
    {
        var (config, set, rounds, json) = (Config(), Set(), RoundCount(), JsonFile());
        var command = new Command("env", """
            Decisions a second of the environment on one core: drawing windows, event simulation, costs, mask and the observation as the learner gets it,
            with plans drawn beforehand. Then what trying every plan from one request takes (the counterfactual step, 200 plans over the whole table).
            CPU time, medians over rounds; the parts are measured by themselves.

            Example:
              rloffload bench env configs/scenarios/energy-battery.yaml --json env.json
            """)
        {
            config, set, rounds, json,
        };
        command.SetAction(parsed =>
        {
            OutputFiles.RequireFolders(("--json", parsed.GetValue(json)));
            RequirePositive(parsed, rounds);
            var bench = new EnvironmentBench(World(parsed.GetRequiredValue(config), parsed.GetValue(set)));
            var s = Measured("playing windows", () => bench.Run(parsed.GetValue(rounds)));
            var table = new Table().AddColumns("what", "measured", "quartiles").Title(Markup.Escape(s.Name))
                .Caption($"{s.Plans} plans in the table, {s.Choices} for the learner, {s.Observation} numbers observed; one core, CPU time");
            table.AddRow("decisions a second, drawing included", $"{s.DecisionsPerSecond.Median:N0}", $"{s.DecisionsPerSecond.Low:N0}..{s.DecisionsPerSecond.High:N0}");
            table.AddRow("decisions a second without drawing", $"{s.SteppedPerSecond:N0}", "");
            table.AddRow("ns a decision", $"{s.NsPerDecision:F0}", "");
            table.AddRow("  of it drawing the window", $"{s.DrawNs:F0}", "");
            table.AddRow("  of it writing the observation", $"{s.ObservationNs:F0}", "");
            table.AddRow("bytes allocated a decision", $"{s.BytesPerStep:F0}", "");
            table.AddRow("bytes allocated by drawing a window", $"{s.BytesPerWindow:N0}", "");
            table.AddRow($"us for all successors under {s.CounterfactualPlans} plans", $"{s.CounterfactualUs.Median:F1}", $"{s.CounterfactualUs.Low:F1}..{s.CounterfactualUs.High:F1}");
            table.AddRow("bytes allocated by that", $"{s.CounterfactualBytes:F0}", "");
            AnsiConsole.Write(table);
            Write(parsed.GetValue(json), s);
        });
        return command;
    }

    private static Command Decision()
    {
        var (config, set, rounds, json) = (Config(), Set(), RoundCount(), JsonFile());
        var (hidden, plans, observation) = (Number("--hidden", "Width of both hidden layers", 128), Number("--plans", "Plans to choose from", 200),
            Number("--observation", "Numbers that the network by itself takes", 24));
        var command = new Command("decision", """
            Time of one decision in this process: the network by itself, and the whole way from what the device knows to a plan, over plans of the config's
            table. Wall-clock percentiles of 20,000 decisions a round, medians over rounds.

            Example:
              rloffload bench decision --hidden 128 --plans 200 --json decision.json
            """)
        {
            config, hidden, plans, observation, set, rounds, json,
        };
        command.SetAction(parsed =>
        {
            OutputFiles.RequireFolders(("--json", parsed.GetValue(json)));
            RequirePositive(parsed, hidden, plans, observation, rounds);
            var world = World(parsed.GetRequiredValue(config), parsed.GetValue(set));
            var width = parsed.GetValue(hidden);
            var speeds = Measured("deciding", () => DecisionBench.Run(world, parsed.GetValue(plans), parsed.GetValue(observation), [width, width], parsed.GetValue(rounds)));
            var table = new Table().AddColumns("policy", "plans", "observation", "hidden", "p50 us", "p99 us", "bytes");
            foreach (var s in speeds)
                table.AddRow(s.Policy, $"{s.Plans}", $"{s.Observation}", string.Join('x', s.Hidden), $"{s.P50Us:F2}", $"{s.P99Us:F2}", $"{s.Bytes:F0}");
            AnsiConsole.Write(table);
            Write(parsed.GetValue(json), speeds);
        });
        return command;
    }

    private static Command Learner()
    {
        var json = JsonFile();
        var agent = new Option<string>("--agent") { Description = $"What learns, of {string.Join(", ", LearnerBench.Agents)}.", DefaultValueFactory = _ => "sac" };
        var (hidden, plans) = (Number("--hidden", "Width of both hidden layers", 128), Number("--plans", "Actions", 200));
        var (batch, observation) = (Number("--batch", "Transitions an update", 256), Number("--observation", "Numbers in an observation", 24));
        var engine = new Option<string>("--engine") { Description = $"What runs the updates, of {string.Join(", ", Engines.Names)}.", DefaultValueFactory = _ => Engines.BuiltIn };
        var rounds = RoundCount();
        var command = new Command("learner", """
            CPU time of one update of a learner on random transitions, on one thread: replay sampling left out, noise included. bench/learner.py runs it
            in turns with the same update in PyTorch.

            Example:
              rloffload bench learner --agent sac --hidden 256 --plans 200 --json learner.json
            """)
        {
            agent, engine, hidden, plans, batch, observation, rounds, json,
        };
        command.SetAction(parsed =>
        {
            OutputFiles.RequireFolders(("--json", parsed.GetValue(json)));
            RequirePositive(parsed, hidden, plans, batch, observation, rounds);
            var shape = new LearnerShape(parsed.GetValue(hidden), parsed.GetValue(plans), parsed.GetValue(batch), parsed.GetValue(observation));
            var s = Measured("learning", () => LearnerBench.Run(parsed.GetRequiredValue(agent), shape, parsed.GetValue(rounds), engine: parsed.GetRequiredValue(engine)));
            var table = new Table().AddColumns("agent", "engine", "hidden", "plans", "batch", "observation", "ms an update", "quartiles", "bytes an update");
            table.AddRow(s.Agent, s.Engine, $"2x{s.Hidden}", $"{s.Plans}", $"{s.Batch}", $"{s.Observation}", $"{s.CpuMsPerUpdate:F3}", $"{s.CpuMsLow:F3}..{s.CpuMsHigh:F3}", $"{s.BytesPerUpdate:F0}");
            AnsiConsole.Write(table);
            Write(parsed.GetValue(json), s);
        });
        return command;
    }

    private static Argument<string> Config() => new("CONFIG")
    {
        Description = "A config whose world is played.", DefaultValueFactory = _ => Quickstart,
    };

    private static Option<string[]> Set() => new("--set") { Description = "Change a key of the config: --set uplink.rate_scale=0.1", AllowMultipleArgumentsPerToken = true };

    internal static Option<string?> JsonFile() => new("--json") { Description = "Write the result to this file." };

    internal static Option<int> Number(string name, string what, int otherwise) => new(name) { Description = $"{what}.", DefaultValueFactory = _ => otherwise };

    internal static Option<int> RoundCount(int otherwise = 15) => Number("--rounds", "Rounds to take medians over", otherwise);

    internal static void RequirePositive(ParseResult parsed, params Option<int>[] options)
    {
        var problems = options.Where(o => parsed.GetValue(o) < 1).Select(o => $"{o.Name}:{parsed.GetValue(o)}: allowed is 1 or more").ToList();
        if (problems.Count > 0)
            throw new InputException(problems);
    }

    private static World World(string config, string[]? set) => Experiment.Load(config, set ?? []).Build();

    internal static T Measured<T>(string what, Func<T> work)
    {
        var result = default(T)!;
        AnsiConsole.Console.Status().Start(what, _ => result = work());
        return result;
    }

    internal static void Write<T>(string? file, T result)
    {
        if (file is not null)
            RunFolder.WriteText(file, JsonSerializer.Serialize(result, ProfileFile.Json));
    }

    /// <summary>How this very command was started: 'dotnet rloffload.dll', or an executable of its own.</summary>
    internal static IReadOnlyList<string> ThisCommand()
    {
        var program = System.Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(program) == "dotnet" ? [program, Path.Combine(AppContext.BaseDirectory, "rloffload.dll")] : [program];
    }
}

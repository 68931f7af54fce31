using System.CommandLine;
using System.Globalization;
using RlOffload.Environment;
using RlOffload.Training.Benchmarks.Fuzz;
using Spectre.Console;

namespace RlOffload.Cli.Verbs.Bench;

internal static class FuzzBenchVerb
{
    private const string Findings = "fuzz-findings";

    public static Command Create()
    {
        var inputs = BenchVerb.Number("--inputs", "Inputs in all", 1_000_000);
        var seed = new Option<ulong>("--seed") { Description = "Of the inputs.", DefaultValueFactory = _ => 1 };
        var target = new Option<string[]>("--target")
        {
            Description = $"What reads them, of {string.Join(", ", FuzzTargets.Names.Keys)} [default: all].", DefaultValueFactory = _ => [], AllowMultipleArgumentsPerToken = true,
        };
        var only = new Option<long?>("--only") { Description = "Read this one input of one target, to see a finding again." };
        var workers = BenchVerb.Number("--workers", "Processes side by side", 2);
        var keep = new Option<string>("--findings") { Description = "Folder for inputs that brought a defect to light; made when there is one.", DefaultValueFactory = _ => Findings };
        var repository = new Option<string>("--repository") { Description = "Folder whose configs are changed beside generated ones.", DefaultValueFactory = _ => "." };
        var json = BenchVerb.JsonFile();
        var child = new Option<string?>("--child") { Description = "Read inputs as told by standard input.", Hidden = true };
        var command = new Command("fuzz", """
            Gives everything that reads what others wrote (messages, requests, policies, profiles, traces, configs, logs, images, ONNX files) inputs that were
            valid and then changed, and counts what ends in anything but acceptance or a clear refusal: another exception, too much memory, the end of the
            process, no end at all. Inputs are read in processes of their own; each depends on the seed, its target and its number only.

            Examples:
              rloffload bench fuzz --inputs 20000 --json fuzz.json
              rloffload bench fuzz --target onnx --inputs 5000 --seed 7
              rloffload bench fuzz --target onnx --seed 7 --only 1234
            """)
        {
            inputs, seed, target, only, workers, keep, repository, json, child,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            if (parsed.GetValue(child) is { } folder)
            {
                FuzzChild.Serve(folder, parsed.GetValue(repository), Console.In, Console.Out);
                return 0;
            }
            OutputFiles.RequireFolders(("--json", parsed.GetValue(json)));
            BenchVerb.RequirePositive(parsed, inputs, workers);
            if (parsed.GetValue(only) is < 0)
                throw new InputException("bench fuzz", "--only", $"is {parsed.GetValue(only)}, allowed is the number of an input, 0 or more");
            var count = parsed.GetValue(only) is null ? parsed.GetValue(inputs) : 1;
            var bench = new FuzzBench(new FuzzOptions(count, parsed.GetValue(seed), parsed.GetRequiredValue(target), parsed.GetValue(only), parsed.GetRequiredValue(keep),
                parsed.GetValue(repository), BenchVerb.ThisCommand(), new FuzzLimits(), parsed.GetValue(workers)));
            FuzzReport? report = null;
            await AnsiConsole.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn(), new RemainingTimeColumn())
                .StartAsync(async context =>
                {
                    var bar = context.AddTask("inputs", maxValue: count);
                    report = await bench.Run(done => bar.Value = Math.Max(bar.Value, done), cancel);
                });
            Print(report!);
            BenchVerb.Write(parsed.GetValue(json), report);
            return report!.Crashes + report.Hangs == 0 ? 0 : 1;
        });
        return command;
    }

    private static void Print(FuzzReport r)
    {
        static string N(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
        var table = new Table().AddColumns("target", "inputs", "accepted", "refused", "crashes", "hangs", "mean us", "slowest ms", "most KB allocated", "restarts")
            .Caption(N($"{r.Inputs:N0} inputs, {r.Crashes} crashes, {r.Hangs} hangs; {r.Seconds:F0} s, at most {r.PeakResidentMb:F0} MB a process"));
        foreach (var t in r.Targets)
            table.AddRow(t.Name, N($"{t.Inputs:N0}"), N($"{t.Accepted:N0}"), N($"{t.Refused:N0}"), N($"{t.Crashes:N0}"), N($"{t.Hangs:N0}"), N($"{t.MeanUs:F0}"), N($"{t.SlowestMs:F1}"),
                N($"{t.MostAllocatedKb:N0}"), N($"{t.ChildRestarts}"));
        AnsiConsole.Write(table);
        foreach (var (first, times) in r.Findings)
        {
            AnsiConsole.WriteLine(N($"{first.Target} --only {first.Index}: {first.Kind}, {times} times: {first.What}"));
            AnsiConsole.WriteLine($"  {first.Where}{(first.File is null ? "" : $" ({first.File})")}");
        }
    }
}

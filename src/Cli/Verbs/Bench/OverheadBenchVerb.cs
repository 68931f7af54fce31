using System.CommandLine;
using RlOffload.Training.Benchmarks;
using Spectre.Console;

namespace RlOffload.Cli.Verbs.Bench;

internal static class OverheadBenchVerb
{
    public static Command Create()
    {
        var policy = new Argument<string>("DIR") { Description = "A frozen policy's folder.", DefaultValueFactory = _ => "checkpoints/quickstart" };
        var kib = BenchVerb.Number("--kib", "Size of the tensor, KiB of float32", 100);
        var (rounds, json) = (BenchVerb.RoundCount(), BenchVerb.JsonFile());
        var command = new Command("overhead", """
            What the device does for a request besides running the head: decide by the policy, encode the tensor, frame it with header and checksum. Wall-clock
            percentiles of 4,000 requests a round, medians over rounds; p99_us is that of all three at 8 bits. Then whole requests, one after the other, against a
            server process by frames with a network of some 20 us: what this process allocates for one, all its threads together, and how long one takes.

            Example:
              rloffload bench overhead checkpoints/quickstart --json overhead.json
            """)
        {
            policy, kib, rounds, json,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            OutputFiles.RequireFolders(("--json", parsed.GetValue(json)));
            BenchVerb.RequirePositive(parsed, kib, rounds);
            var report = BenchVerb.Measured("deciding, encoding, framing", () => OverheadBench.Run(parsed.GetRequiredValue(policy), parsed.GetValue(kib) * 1024, parsed.GetValue(rounds)));
            report = report with { Loop = await LoopBench.Run(parsed.GetValue(rounds), BenchVerb.ThisCommand(), cancel) };
            var table = new Table().AddColumns("bits", "p50 us", "p99 us", "decide p99", "encode p99", "frame p99", "bytes allocated")
                .Caption($"{report.Plans} plans, {report.TensorBytes / 1024} KiB; copying the tensor takes {report.ReferenceUs:F1} us");
            foreach (var b in report.Bits)
                table.AddRow($"{b.Bits}", $"{b.P50Us:F1}", $"{b.P99Us:F1}", $"{b.DecideUs:F1}", $"{b.EncodeUs:F1}", $"{b.FrameUs:F1}", $"{b.Bytes:F0}");
            AnsiConsole.Write(table);
            var engines = new Table().AddColumns("the decision by", "p50 us", "p99 us", "bytes allocated");
            foreach (var e in report.Engines)
                engines.AddRow(e.Engine, $"{e.P50Us:F2}", $"{e.P99Us:F2}", $"{e.Bytes:F0}");
            AnsiConsole.Write(engines);
            var loop = new Table().AddColumns("a whole request", "p50 us", "p99 us", "bytes allocated");
            foreach (var l in report.Loop)
                loop.AddRow(l.Path, $"{l.P50Us:F0}", $"{l.P99Us:F0}", $"{l.Bytes:F2}");
            AnsiConsole.Write(loop);
            BenchVerb.Write(parsed.GetValue(json), report);
            return 0;
        });
        return command;
    }
}

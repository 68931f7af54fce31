using System.CommandLine;
using System.Globalization;
using RlOffload.Environment;
using RlOffload.Training.Benchmarks.Chaos;
using Spectre.Console;

namespace RlOffload.Cli.Verbs.Bench;

internal static class ChaosBenchVerb
{
    public static Command Create()
    {
        var requests = BenchVerb.Number("--requests", "Requests in all", 200_000);
        var kills = new Option<int?>("--kills") { Description = "How often the server is killed and started again [default: one in 4,000 requests]." };
        var rate = BenchVerb.Number("--rate", "Requests that arrive each second", 1500);
        var deadline = BenchVerb.Number("--deadline-ms", "Deadline of a request on average", 200);
        var margin = BenchVerb.Number("--margin-ms", "How much earlier than it must the device takes over", 60);
        var seed = new Option<ulong>("--seed") { Description = "Of network, frames, plans and faults.", DefaultValueFactory = _ => 1 };
        var json = BenchVerb.JsonFile();
        var command = new Command("chaos", """
            Runs the real controller against a real server process while everything goes wrong between them: the server is killed and restarted, the link cut,
            frames corrupted, truncated and held up by a relay. Every answer is compared with the network run locally through the same codec. A small
            network of random weights; times at which no thread of this process ran are counted apart.

            Example:
              rloffload bench chaos --requests 20000 --json chaos.json
            """)
        {
            requests, kills, rate, deadline, margin, seed, json,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            OutputFiles.RequireFolders(("--json", parsed.GetValue(json)));
            BenchVerb.RequirePositive(parsed, requests, rate, deadline, margin);
            var count = parsed.GetValue(requests);
            if (parsed.GetValue(kills) is < 0)
                throw new InputException("bench", "--kills", $"is {parsed.GetValue(kills)}, allowed is 0 or more");
            if (parsed.GetValue(margin) * 2 > parsed.GetValue(deadline))
                throw new InputException("bench", "--margin-ms", $"is {parsed.GetValue(margin)}, allowed is up to half of --deadline-ms, {parsed.GetValue(deadline) / 2}");
            var bench = new ChaosBench(new ChaosOptions(count, parsed.GetValue(kills) ?? count / 4000, parsed.GetValue(rate), parsed.GetValue(deadline) * 1e-3,
                parsed.GetValue(margin) * 1e-3, new Faults(), parsed.GetValue(seed), BenchVerb.ThisCommand()));
            ChaosReport? report = null;
            await AnsiConsole.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn(), new RemainingTimeColumn())
                .StartAsync(async context =>
                {
                    var bar = context.AddTask("requests", maxValue: count);
                    report = await bench.Run(ended => bar.Value = ended, cancel);
                });
            Print(report!);
            BenchVerb.Write(parsed.GetValue(json), report);
            return 0;
        });
        return command;
    }

    private static void Print(ChaosReport r)
    {
        static string Many(IReadOnlyDictionary<string, int> counts) => string.Join(", ", counts.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key} {c.Value:N0}")));
        var table = new Table().AddColumns("what", "count").Caption($"{r.Seconds:F0} s, {r.RequestsPerSecond:F0} requests a second");
        table.AddRow("requests", $"{r.Requests:N0}").AddRow("answered once", $"{r.AnsweredOnce:N0}").AddRow("wrong", $"{r.Wrong:N0}").AddRow("late", $"{r.Late:N0}");
        table.AddRow("late in stalls of this process", $"{r.LateInStalls:N0}").AddRow("without an answer, among the late", $"{r.Missed:N0}");
        table.AddRow("outcomes", Many(r.Outcomes)).AddRow("not as planned because", Many(r.Reasons));
        table.AddRow("server killed, restarted", $"{r.Kills}, {r.Restarts}").AddRow("connections cut, truncated", $"{r.Cuts}, {r.Truncated}");
        table.AddRow("pieces corrupted, held up", $"{r.Corrupted}, {r.Held}");
        table.AddRow("server given up, tried again", $"{r.Breaker.Opened}, {r.Breaker.Trials}; without it {r.Breaker.OpenSeconds:F1} s");
        table.AddRow("stalls of this process", $"{r.Stalls:N0}, {r.StallSeconds:F1} s, longest {r.LongestStallMs:F0} ms");
        table.AddRow("latency, ms", $"median {r.LatencyMsP50:F2}, 99th percentile {r.LatencyMsP99:F2}, most beyond a deadline {r.MaxOverDeadlineMs:F1}");
        AnsiConsole.Write(table);
    }
}

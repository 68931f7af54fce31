using System.CommandLine;
using RlOffload.Training.Benchmarks.Prediction;
using Spectre.Console;

namespace RlOffload.Cli.Verbs.Bench;

internal static class PredictBenchVerb
{
    /// <summary>One of each family of links.</summary>
    private static readonly string[] Links =
    [
        "configs/links/lte-att-uplink.json", "configs/links/umts-tmobile-uplink.json", "configs/links/evdo-verizon-uplink.json", "configs/links/3g-norway.json",
        "configs/links/5g-verizon-uplink.json", "configs/links/wifi-campus-walks.json",
    ];

    public static Command Create()
    {
        var policy = new Option<string>("--policy") { Description = "Folder of the frozen policy whose plans are chosen.", DefaultValueFactory = _ => "checkpoints/quickstart" };
        var images = new Option<string>("--images") { Description = "As 'rloffload run' takes them.", DefaultValueFactory = _ => "models/fashion-test-1000-images-idx3-ubyte.gz" };
        var links = new Option<string[]>("--links") { Description = "Traces, or link models (.json) to draw one from.", DefaultValueFactory = _ => Links, AllowMultipleArgumentsPerToken = true };
        var requests = new Option<int>("--requests") { Description = "Requests a link.", DefaultValueFactory = _ => 100 };
        var speed = new Option<double>("--speed") { Description = "Play so many times faster; timers' errors grow with it.", DefaultValueFactory = _ => 1 };
        var json = BenchVerb.JsonFile();
        var command = new Command("predict", """
            Predicted against measured latency: windows of six links are played in real time with a real server, sockets, heads and tails in this process,
            and again by the cost model with the same plans. Errors are fractions of the predicted latency, over requests answered as planned in both.

            Example:
              rloffload bench predict --json predict.json
            """)
        {
            policy, images, links, requests, speed, json,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            OutputFiles.RequireFolders(("--json", parsed.GetValue(json)));
            PredictionReport report = null!;
            await AnsiConsole.Progress().StartAsync(async context =>
            {
                var bar = context.AddTask("playing links", maxValue: 1);
                report = await PredictBench.Run(parsed.GetRequiredValue(policy), parsed.GetRequiredValue(images), parsed.GetRequiredValue(links), parsed.GetValue(requests),
                    parsed.GetValue(speed), share => bar.Value = share, cancel);
            });
            var table = new Table().AddColumns("link", "Mbit/s", "compared", "same outcome", "median error", "p95 error");
            foreach (var t in report.Traces)
                table.AddRow(Markup.Escape(t.Trace), $"{t.MeanMbitS:F2}", $"{t.Compared} of {t.Requests}", $"{t.SameOutcome:P1}", $"{t.MedianError:P1}", $"{t.P95Error:P1}");
            table.AddRow("all", "", $"{report.Compared} of {report.Requests}", $"{report.SameOutcome:P1}", $"{report.MedianError:P1}", $"{report.P95Error:P1}");
            AnsiConsole.Write(table);
            BenchVerb.Write(parsed.GetValue(json), report);
            return 0;
        });
        return command;
    }
}

using System.CommandLine;
using RlOffload.Environment;
using RlOffload.Training.Benchmarks.Serving;
using Spectre.Console;

namespace RlOffload.Cli.Verbs.Bench;

internal static class ServeBenchVerb
{
    public static Command Create()
    {
        var json = BenchVerb.JsonFile();
        var (clients, batch, workers) = (BenchVerb.Number("--clients", "Connections, each with one message under way", 8), BenchVerb.Number("--batch", "Equal tails that the server computes together", 1),
            BenchVerb.Number("--workers", "Threads of the server that compute tails", 1));
        var seconds = new Option<double>("--seconds") { Description = "How long each part is measured.", DefaultValueFactory = _ => 8 };
        var limit = new Option<double>("--limit") { Description = "Messages a second that the server is told to take in the overload part.", DefaultValueFactory = _ => 1000 };
        var command = new Command("serve", """
            'rloffload serve' in a process of its own and clients in this one, on the same cores: 100 KiB tensors and a tail as small as MNIST's by every
            transport, then 4 KiB tensors at three times the rate that the server was told to take. Every answer is compared with the tail's numbers.

            Example:
              rloffload bench serve --clients 4 --json serve.json
            """)
        {
            clients, seconds, limit, batch, workers, json,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            OutputFiles.RequireFolders(("--json", parsed.GetValue(json)));
            BenchVerb.RequirePositive(parsed, clients, batch, workers);
            foreach (var option in (Option<double>[])[seconds, limit])
                if (!(parsed.GetValue(option) > 0) || !double.IsFinite(parsed.GetValue(option)))
                    throw new InputException("bench serve", option.Name, $"is {parsed.GetValue(option)}, allowed is a number above 0");
            var options = new ServeBenchOptions(parsed.GetValue(clients), parsed.GetValue(seconds), parsed.GetValue(limit), parsed.GetValue(batch), parsed.GetValue(workers));
            ServeReport? report = null;
            await AnsiConsole.Status().StartAsync("starting", async status => report = await new ServeBench(BenchVerb.ThisCommand(), options).Run(what => status.Status(what), cancel));
            var table = new Table().AddColumns("transport", "requests/s", "p50 us", "p99 us", "p99 / p50")
                .Caption($"{report!.TensorBytes / 1024} KiB tensors, {report.Clients} clients, {report.Cores} cores for server and clients together");
            foreach (var speed in report.Transports)
                table.AddRow(speed.Transport, $"{speed.RequestsPerSecond:N0}", $"{speed.P50Us:F0}", $"{speed.P99Us:F0}", $"{speed.P99ToP50:F1}x");
            AnsiConsole.Write(table);
            var over = report.Overload;
            AnsiConsole.Write(new Table().AddColumns("", "offered/s", "answered/s", "p50 us", "p99 us", "refused", "refused after p50 us", "p99 us")
                .Caption($"{over.TensorBytes / 1024} KiB tensors by {over.Transport}, told to take {over.Limit:N0}/s: p99 of accepted {over.AcceptedP99Ratio:F1}x of the calm one's")
                .AddRow("calm", $"{0.8 * over.Limit:N0}", "", $"{over.CalmP50Us:F0}", $"{over.CalmP99Us:F0}", "", "", "")
                .AddRow("overload", $"{over.OfferedPerSecond:N0}", $"{over.AcceptedPerSecond:N0}", $"{over.AcceptedP50Us:F0}", $"{over.AcceptedP99Us:F0}", $"{over.RefusedShare:P0}",
                    $"{over.RefusedP50Us:F0}", $"{over.RefusedP99Us:F0}"));
            BenchVerb.Write(parsed.GetValue(json), report);
            return 0;
        });
        return command;
    }
}

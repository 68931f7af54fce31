using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using RlOffload.Environment;
using RlOffload.Inference.Runs;
using Spectre.Console;

namespace RlOffload.Cli.Verbs;

internal static class LogVerb
{
    public static Command Create() => new("log", "Shows what 'rloffload run --log' recorded, and makes traces of it to train on.") { Show(), Stats(), ExplainLog.Create(), Trace() };

    internal static Argument<string> LogFile() => new("FILE") { Description = "A decision log; its older parts FILE.1, FILE.2, ... are read with it." };

    private static Command Show()
    {
        var file = LogFile();
        var last = new Option<int>("--last") { Description = "The last so many decisions; 0: all.", DefaultValueFactory = _ => 20 };
        var json = new Option<bool>("--json") { Description = "One JSON line a decision, with all that is known of it." };
        var command = new Command("show", """
            The decisions of a log: what was planned, expected and measured.

            Examples:
              rloffload log show run.log --last 50
              rloffload log show run.log --last 0 --json > decisions.jsonl
            """)
        {
            file, last, json,
        };
        command.SetAction(parsed =>
        {
            var count = parsed.GetValue(last);
            if (count < 0)
                throw new InputException("log show", "--last", $"is {count}, allowed is 0 or more");
            var decisions = Read(parsed.GetRequiredValue(file));
            IEnumerable<LoggedDecision> shown = count == 0 ? decisions : decisions.TakeLast(count);
            if (parsed.GetValue(json))
                Print(shown);
            else
                Table(shown);
        });
        return command;
    }

    private static Command Stats()
    {
        var file = LogFile();
        var json = new Option<string?>("--json") { Description = "Write the figures to this file as well." };
        var command = new Command("stats", """
            Figures over a log: rewards, latencies, misses and their reasons, plans, and what the link gave.

            Example:
              rloffload log stats run.log
            """)
        {
            file, json,
        };
        command.SetAction(parsed =>
        {
            OutputFiles.RequireFolders(("--json", parsed.GetValue(json)));
            var decisions = Read(parsed.GetRequiredValue(file));
            if (decisions.Count == 0)
                throw new InputException(parsed.GetRequiredValue(file), "decisions", "are none; allowed is a log of one decision or more");
            var s = LogStatistics.Of(decisions);
            var table = new Table().HideHeaders().AddColumns("", "");
            void Row(string name, FormattableString value) => table.AddRow(name, value.ToString(CultureInfo.InvariantCulture));
            Row("requests", $"{s.Requests} in {s.Sessions} runs, {s.Seconds:F1} s");
            Row("reward a request", $"{s.Reward:F4}");
            if (s.Accuracy is { } accuracy)
                Row("right in time", $"{accuracy:P1}");
            Row("missed or dropped", $"{s.MissRate:P1}");
            Row("latency, median / p95", $"{s.LatencyMs.Median:F1} / {s.LatencyMs.P95:F1} ms");
            Row("error of expected latency", $"{s.ExpectedError.Median:P1} / {s.ExpectedError.P95:P1} of {s.ExpectedError.Requests} answered as planned");
            Row("rate of transfers", $"{s.RateMbitS.Median:F3} / {s.RateMbitS.P95:F3} Mbit/s");
            Row("round trip", $"{s.RoundTripMs.Median:F1} / {s.RoundTripMs.P95:F1} ms");
            Row("decision", $"{s.DecisionMs.Median * 1000:F0} / {s.DecisionMs.P95 * 1000:F0} us");
            Row("energy a request", $"{s.EnergyMj:F3} mJ");
            Row("bytes on the wire", $"{s.WireBytes:N0}");
            Row("outcomes", $"{Counts(s.Outcomes)}");
            Row("reasons", $"{Counts(s.Reasons)}");
            Row("plans", $"{Counts(s.Plans)}");
            AnsiConsole.Write(table);
            if (parsed.GetValue(json) is { } to)
                WholeFile.Write(to, ReportJson.Of(s));
        });
        return command;
    }

    private static Command Trace()
    {
        var file = LogFile();
        var folder = new Option<string>("--out") { Description = "Folder for links/run-*.txt, rtt.txt and arrivals.txt.", Required = true };
        var json = new Option<string?>("--json") { Description = "Write what was found to this file as well." };
        var command = new Command("trace", """
            Makes of a log what training reads: the link as its transfers met it, one trace a run, round-trip times, and when requests arrived.
            Prints the options with which 'rloffload train' takes them; docs/loop.md shows the whole loop: record, retrain, redeploy.

            Example:
              rloffload log trace run.log --out recorded
            """)
        {
            file, folder, json,
        };
        command.SetAction(parsed =>
        {
            OutputFiles.RequireFolders(("--json", parsed.GetValue(json)));
            var log = parsed.GetRequiredValue(file);
            var traces = LogTraces.Write(log, Read(log), parsed.GetRequiredValue(folder));
            AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{traces.Transfers} transfers of {traces.Sessions} runs at {traces.MeanMbitS} Mbit/s, {traces.Requests} arrivals, deadlines of {traces.DeadlineMedian} s x e^+-{traces.DeadlineSpread}"));
            AnsiConsole.WriteLine("train on them with:");
            AnsiConsole.WriteLine("  rloffload train CONFIG " + string.Join(' ', traces.Overrides.Select(o => $"--set \"{o}\"")));
            if (parsed.GetValue(json) is { } to)
                WholeFile.Write(to, ReportJson.Of(traces));
        });
        return command;
    }

    internal static IReadOnlyList<LoggedDecision> Read(string file) =>
        DecisionLogFile.Read(file, warning => Console.Error.WriteLine($"warning: {warning}"));

    private static void Print(IEnumerable<LoggedDecision> decisions)
    {
        using var memory = new MemoryStream();
        using var json = new Utf8JsonWriter(memory);
        using var output = Console.OpenStandardOutput();
        foreach (var decision in decisions)
        {
            DecisionJson.Write(json, decision);
            json.Flush();
            json.Reset();
            memory.WriteByte((byte)'\n');
            memory.WriteTo(output);
            memory.SetLength(0);
        }
    }

    private static void Table(IEnumerable<LoggedDecision> decisions)
    {
        var table = new Table().AddColumns("run", "request", "at s", "plan", "expected ms", "measured ms", "deadline ms", "outcome", "reward", "believed Mbit/s", "decision us");
        foreach (var d in decisions)
        {
            var r = d.Record;
            string Text(FormattableString text) => Markup.Escape(text.ToString(CultureInfo.InvariantCulture));
            table.AddRow(Text($"{d.Session + 1}"), Text($"{r.Request}"), Text($"{r.Arrival:F3}"), Text($"{d.Plan}"), Text($"{r.Predicted.Latency * 1000:F1}"),
                Text($"{r.Outcome.Latency * 1000:F1}"), Text($"{r.Outcome.Deadline * 1000:F0}"),
                Text($"{DecisionJson.Name(r.Outcome.Kind)}{(r.Reason == 0 ? "" : $" ({DecisionJson.Name(r.Reason)})")}"), Text($"{r.Outcome.Reward:F3}"), Text($"{d.Seen.Rate / 1e6:F3}"),
                Text($"{r.DecisionSeconds * 1e6:F0}"));
        }
        AnsiConsole.Write(table);
    }

    private static string Counts(IReadOnlyDictionary<string, int> counts) =>
        counts.Count == 0 ? "none" : string.Join(", ", counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Key} {c.Value}"));
}

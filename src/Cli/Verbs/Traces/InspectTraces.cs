using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using RlOffload.Environment.Links;
using Spectre.Console;

namespace RlOffload.Cli.Verbs.Traces;

internal static class InspectTraces
{
    private const string Levels = "▁▂▃▄▅▆▇█";

    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH") { Description = "Trace files or folders of them (README*, LICENSE* and hidden files are ignored)", Arity = ArgumentArity.OneOrMore };
        var json = new Option<string?>("--json") { Description = "Writes the table, with all warnings, to this file" };
        var reading = new TraceOptions();
        var command = new Command("inspect",
            """
            Shows what trace files offer: rates weighed by the time they hold, outages, and the course of the rate.

            Examples:
              rloffload traces inspect traces/                      every file below a folder, format by content
              rloffload traces inspect nr.csv --column 5G_TBS --unit kbit/s --scale 0.5
            """)
        {
            paths, json,
        };
        reading.AddTo(command);
        command.SetAction(parsed =>
        {
            var readings = TraceOptions.Read(parsed.GetRequiredValue(paths), reading.From(parsed));
            var rows = readings.Select(r => (Reading: r, Statistics: TraceStatistics.Of(r.Trace))).ToList();
            if (parsed.GetValue(json) is { } file)
                Files.Replace(file, JsonSerializer.Serialize(new { traces = rows.Select(r => Row(r.Reading, r.Statistics)) }, LinkModel.Json) + "\n");
            Print(rows);
            TraceOptions.PrintFindings(readings, Console.Out);
            return 0;
        });
        return command;
    }

    private static object Row(TraceReading r, TraceStatistics s) => new
    {
        file = r.Trace.Name,
        format = TraceFormats.NameOf(r.Format),
        choice = r.Choice,
        samples = r.Samples,
        averaged = r.Averaged,
        skipped = r.Skipped,
        seconds = s.Seconds,
        mean_mbit_s = s.Mean,
        p5_mbit_s = s.P5,
        p50_mbit_s = s.P50,
        p95_mbit_s = s.P95,
        zero_share = s.ZeroShare,
        warnings = r.Warnings,
    };

    private static void Print(List<(TraceReading Reading, TraceStatistics Statistics)> rows)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("file").AddColumn("format");
        foreach (var name in new[] { "samples", "s", "mean Mbit/s", "p5", "p50", "p95", "zero %" })
            table.AddColumn(new TableColumn(name).RightAligned());
        table.AddColumn("rate over time");
        foreach (var (r, s) in rows)
            table.AddRow(Markup.Escape(r.Trace.Name), TraceFormats.NameOf(r.Format), r.Samples.ToString(CultureInfo.InvariantCulture), Number(s.Seconds, "0.#"),
                Number(s.Mean), Number(s.P5), Number(s.P50), Number(s.P95), Number(s.ZeroShare * 100, "0.0"), Line(r.Trace, rows.Count == 1 ? 60 : 24));
        TraceOptions.Output().Write(table);
        Console.WriteLine($"{TraceOptions.Count(rows.Count, "trace")}, {Number(rows.Sum(r => r.Statistics.Seconds) / 60, "0.#")} min");
    }

    private static string Number(double value, string? format = null) =>
        value.ToString(format ?? (value >= 100 ? "0" : value >= 10 ? "0.0" : "0.00"), CultureInfo.InvariantCulture);

    /// <summary>The mean rate of equal parts of the trace, the highest as a full block; a part in which nothing can be sent is a dot.</summary>
    private static string Line(LinkTrace trace, int width)
    {
        var parts = TraceStatistics.Bins(trace, trace.DurationSeconds / width);
        var most = parts.Max();
        return string.Concat(parts.Select(p => p == 0 ? '.' : Levels[(int)Math.Min(Levels.Length - 1, p / most * Levels.Length)]));
    }
}

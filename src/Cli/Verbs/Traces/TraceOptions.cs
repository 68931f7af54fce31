using System.CommandLine;
using RlOffload.Environment.Links;
using Spectre.Console;

namespace RlOffload.Cli.Verbs.Traces;

/// <summary>How trace files are read: the options that all three subcommands share.</summary>
internal sealed class TraceOptions
{
    private readonly Option<string?> _format = new("--format")
    {
        Description = "How the files are laid out: two-column (s, Mbit/s), mahimahi (ms of packets of 1500 bytes), comma-bytes (s,bytes/s) or csv (with a header) [default: by content]",
    };
    private readonly Option<string?> _column = new("--column") { Description = "Rate column of a csv file whose dataset is not known; needs --unit" };
    private readonly Option<string?> _time = new("--time-column") { Description = "Time column of a csv file [default: the first with a usual name, such as time_since_start or timestamp]" };
    private readonly Option<string?> _unit = new("--unit") { Description = $"Unit of the rates: {string.Join(", ", RateUnit.All.Select(u => u.Name))} [default: the format's own]" };
    private readonly Option<double> _scale = new("--scale") { Description = "Multiplies every rate, for data in an unknown unit", DefaultValueFactory = _ => 1 };

    public TraceOptions()
    {
        _format.AcceptOnlyFromAmong([.. TraceFormats.ByName.Keys]);
        _unit.AcceptOnlyFromAmong([.. RateUnit.All.Select(u => u.Name)]);
    }

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _format, _column, _time, _unit, _scale })
            command.Options.Add(option);
    }

    public TraceReadOptions From(ParseResult parsed) => new(
        parsed.GetValue(_format) is { } f ? TraceFormats.ByName[f] : null,
        parsed.GetValue(_column),
        parsed.GetValue(_time),
        parsed.GetValue(_unit) is { } u ? RateUnit.Named(u) : null,
        parsed.GetValue(_scale));

    /// <summary>Reads all files below the paths, with a progress bar where the error stream is a terminal.</summary>
    public static IReadOnlyList<TraceReading> Read(IEnumerable<string> paths, TraceReadOptions options)
    {
        if (Console.IsErrorRedirected)
            return TraceFolder.Read(paths, options);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                var task = context.AddTask("reading");
                return TraceFolder.Read(paths, options, (done, of) => (task.MaxValue, task.Value) = (of, done));
            });
    }

    /// <summary>Which format how many files were read as, and what is odd about them.</summary>
    public static void PrintFindings(IReadOnlyList<TraceReading> readings, TextWriter to)
    {
        foreach (var group in readings.GroupBy(r => r.Choice))
            to.WriteLine($"{Count(group.Count(), "file")} read as {group.Key}");
        if (readings.Sum(r => r.Averaged) is > 0 and var averaged)
            to.WriteLine($"{Count(averaged, "sample")} in {Count(readings.Count(r => r.Averaged > 0), "file")} averaged with another of the same time");
        if (readings.Sum(r => r.Skipped) is > 0 and var skipped)
            to.WriteLine($"{Count(skipped, "line")} without a value skipped");
        const int shown = 12;
        var warnings = readings.SelectMany(r => r.Warnings.Select(w => $"warning: {r.Trace.Name}: {w}")).ToList();
        foreach (var warning in warnings.Take(shown))
            to.WriteLine(warning);
        if (warnings.Count > shown)
            to.WriteLine($"... and {warnings.Count - shown} more warnings; --json of 'traces inspect' holds all");
    }

    public static string Count(int n, string what) => n == 1 ? $"1 {what}" : $"{n} {what}s";

    /// <summary>Standard output; where it is no terminal, wide enough that no table is wrapped.</summary>
    public static IAnsiConsole Output()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected)
            console.Profile.Width = 200;
        return console;
    }
}

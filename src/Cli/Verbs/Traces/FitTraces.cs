using System.CommandLine;
using System.Globalization;
using RlOffload.Environment;
using RlOffload.Environment.Links;
using Spectre.Console;

namespace RlOffload.Cli.Verbs.Traces;

internal static class FitTraces
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH") { Description = "Trace files or folders of them; all are pooled", Arity = ArgumentArity.OneOrMore };
        var target = new Option<string>("--out") { Description = "File of the link model to write (JSON)", Required = true };
        var name = new Option<string>("--name") { Description = "Name of the model", Required = true };
        var source = new Option<string>("--source") { Description = "The dataset, with address and version", Required = true };
        var licence = new Option<string>("--licence") { Description = "Licence of the data that the parameters are fitted to", Required = true };
        var direction = new Option<string>("--direction") { Description = "What was measured", DefaultValueFactory = _ => "uplink" };
        direction.AcceptOnlyFromAmong("uplink", "downlink");
        var note = new Option<string?>("--note") { Description = "What a reader of the model should know" };
        var bin = new Option<double?>("--bin") { Description = "Step of the model in s [default: the spacing of the data, at least 0.5]" };
        var rtt = new Option<string[]>("--rtt") { Description = "Files or folders of round-trip times (ms)", DefaultValueFactory = _ => [], AllowMultipleArgumentsPerToken = true };
        var rttSkip = new Option<int>("--rtt-skip") { Description = "Leaves out the first times of each file, such as those in which the radio wakes up" };
        var rttSource = new Option<string?>("--rtt-source") { Description = "The dataset of the round-trip times; needed with --rtt" };
        var reading = new TraceOptions();
        var command = new Command("fit",
            """
            Fits a link model: the quantiles of the rate and a Gaussian process behind them. Prints data and model side by side.
            Links can then be drawn from the file without the data.

            Example:
              rloffload traces fit uplink/ --out link.json --name 5g-uplink --source "URL, version" --licence "CC BY 4.0" --rtt ping/ --rtt-source "URL, version"
            """)
        {
            paths, target, name, source, licence, direction, note, bin, rtt, rttSkip, rttSource,
        };
        reading.AddTo(command);
        command.SetAction(parsed =>
        {
            var readings = TraceOptions.Read(parsed.GetRequiredValue(paths), reading.From(parsed));
            var options = new LinkFitOptions(parsed.GetRequiredValue(name), parsed.GetRequiredValue(direction), parsed.GetRequiredValue(source),
                parsed.GetRequiredValue(licence), parsed.GetValue(note), parsed.GetValue(bin));
            var model = LinkFit.Fit([.. readings.Select(r => r.Trace)], options, RoundTrips(parsed.GetRequiredValue(rtt), parsed.GetValue(rttSkip), parsed.GetValue(rttSource)));
            var path = parsed.GetRequiredValue(target);
            model.Write(path);
            TraceOptions.PrintFindings(readings, Console.Out);
            Print(model);
            Console.WriteLine($"{path}: link model '{model.Name}'");
            return 0;
        });
        return command;
    }

    private static FittedRtt? RoundTrips(string[] paths, int skip, string? source)
    {
        if (paths.Length == 0)
            return null;
        if (string.IsNullOrWhiteSpace(source))
            throw new InputException("traces fit", "--rtt-source", "is missing, a link model says where its round-trip times were measured");
        if (skip < 0)
            throw new InputException("traces fit", "--rtt-skip", $"is {skip}, allowed is 0 or more");
        var times = RttFile.Read(paths, skip);
        Console.WriteLine($"{times.Milliseconds.Length} round-trip times in {TraceOptions.Count(times.Files, "file")} read as {times.Choice}");
        return LinkFit.FitRtt(times, source);
    }

    private static void Print(LinkModel model)
    {
        var p = model.Parameters;
        var fit = p.Fit!;
        var console = TraceOptions.Output();
        var parts = p.Process.Components.Select(c => F($"{c.Share:0.00} fading over {c.Seconds:0.##} s"));
        Console.WriteLine(F($"step {p.BinSeconds} s; variance of the scores: {p.Process.LevelShare:0.00} level of the trace, {string.Join(", ", parts)}, {p.Process.NoiseShare:0.00} noise"));
        Table(console, "rate, Mbit/s", ["mean", "down %", .. fit.Marginal.Probability.Select(q => F($"p{q * 100:0.#}"))],
            [fit.Mean.Data, fit.ZeroShare.Data * 100, .. fit.Marginal.Data], [fit.Mean.Model, fit.ZeroShare.Model * 100, .. fit.Marginal.Model]);
        Table(console, "autocorrelation at lag", [.. fit.Autocorrelation.LagSeconds.Select(s => F($"{s:0.##} s"))], fit.Autocorrelation.Data, fit.Autocorrelation.Model);
        Table(console, F($"mean of {fit.WindowMeansSeconds:0.#} s, Mbit/s"), [.. fit.WindowMeans.Probability.Select(q => F($"p{q * 100:0.#}"))], fit.WindowMeans.Data, fit.WindowMeans.Model);
        if (p.Rtt is { Fit: { } r } rtt)
        {
            Console.WriteLine(F($"round-trip time: {rtt.ShiftMs} ms + exp({rtt.Mu} + {rtt.Sigma} z) ms"));
            Table(console, "round-trip time, ms", [.. r.Probability.Select(q => F($"p{q * 100:0.#}"))], r.Data, r.Model);
        }
    }

    private static void Table(IAnsiConsole console, string title, IReadOnlyList<string> columns, IReadOnlyList<double> data, IReadOnlyList<double> model)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn(title);
        foreach (var column in columns)
            table.AddColumn(new TableColumn(column).RightAligned());
        table.AddRow(["data", .. data.Select(v => F($"{v:0.###}"))]);
        table.AddRow(["model", .. model.Select(v => F($"{v:0.###}"))]);
        console.Write(table);
    }

    private static string F(FormattableString text) => FormattableString.Invariant(text);
}

using System.CommandLine;
using RlOffload.Environment;
using RlOffload.Environment.Links;

namespace RlOffload.Cli.Verbs.Traces;

internal static class ConvertTrace
{
    public static Command Create()
    {
        var path = new Argument<string>("PATH") { Description = "A trace file, or a link model (.json) to draw a trace from" };
        var target = new Option<string>("--out") { Description = "File to write", Required = true };
        var to = new Option<string>("--to") { Description = "two-column (s, Mbit/s) or mahimahi (ms of packets of 1500 bytes)", Required = true };
        to.AcceptOnlyFromAmong("two-column", "mahimahi");
        var seconds = new Option<double>("--seconds") { Description = "Length of a trace drawn from a link model", DefaultValueFactory = _ => 300 };
        var seed = new Option<ulong>("--seed") { Description = "The same seed and window draw the same trace", DefaultValueFactory = _ => 1 };
        var window = new Option<ulong>("--window") { Description = "Which of the traces of that seed" };
        var reading = new TraceOptions();
        var command = new Command("convert",
            """
            Writes a trace in a format that other tools read, such as mahimahi's mm-link.

            Examples:
              rloffload traces convert run70.csv --out run70.up --to mahimahi
              rloffload traces convert configs/links/cellular-uplink.json --out drawn.txt --to two-column --seconds 600
            """)
        {
            path, target, to, seconds, seed, window,
        };
        reading.AddTo(command);
        command.SetAction(parsed =>
        {
            var from = parsed.GetRequiredValue(path);
            var file = parsed.GetRequiredValue(target);
            if (Path.GetFullPath(from) == Path.GetFullPath(file))
                throw new InputException(file, "--out", "is the file that is read, allowed is another one");
            LinkTrace trace;
            if (from.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
                trace = Draw(LinkModel.Read(from), parsed.GetValue(seed), parsed.GetValue(window), parsed.GetValue(seconds));
            else
            {
                var read = TraceFile.Read(from, reading.From(parsed));
                TraceOptions.PrintFindings([read], Console.Out);
                trace = read.Trace;
            }
            var text = new StringWriter();
            long lines = trace.Segments;
            if (parsed.GetRequiredValue(to) == "mahimahi")
                lines = TraceWriter.Mahimahi(trace, text);
            else
                TraceWriter.TwoColumn(trace, text);
            if (lines == 0)
                throw new InputException(from, "rate", "carries less than one packet of 1500 bytes, allowed is at least one");
            Files.Replace(file, text.ToString());
            Console.WriteLine(FormattableString.Invariant($"{file}: {lines} lines, {trace.DurationSeconds:0.###} s, mean {trace.MeanBitsPerSecond / 1e6:0.###} Mbit/s"));
            return 0;
        });
        return command;
    }

    private static LinkTrace Draw(LinkModel model, ulong seed, ulong window, double seconds) =>
        seconds > 0 && seconds / model.Parameters.BinSeconds <= LinkModel.MostBins
            ? model.Draw(seed, window, seconds)
            : throw new InputException("traces convert", "--seconds", $"is {seconds}, allowed is above 0 and at most {LinkModel.MostBins * model.Parameters.BinSeconds}");
}

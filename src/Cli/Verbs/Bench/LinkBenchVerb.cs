using System.CommandLine;
using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Training.Benchmarks.Relay;
using Spectre.Console;

namespace RlOffload.Cli.Verbs.Bench;

internal static class LinkBenchVerb
{
    public static Command Create()
    {
        var files = new Argument<string[]>("TRACE...") { Description = "Trace files, or link models (.json) to draw from.", Arity = ArgumentArity.OneOrMore };
        var seconds = new Option<double>("--seconds") { Description = "How long each is played.", DefaultValueFactory = _ => 8 };
        var json = BenchVerb.JsonFile();
        var command = new Command("link", """
            Plays traces through the relay of 'rloffload link' over loopback, kept full by a sender: how far what comes out is from the trace, in all and
            second by second, and how far a small message's round trip is from 40 ms. Then what a device behind it learns of the trace, from a server that says
            how long a train of 24,000 bytes took to come in: how far that is off, and how many times too fast the train seemed to leave by the socket.

            Example:
              rloffload bench link configs/links/*.json --json link.json
            """)
        {
            files, seconds, json,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            OutputFiles.RequireFolders(("--json", parsed.GetValue(json)));
            var length = parsed.GetValue(seconds);
            if (length is not (>= 1 and <= 600))
                throw new InputException("bench link", "--seconds", $"is {length}, allowed is 1 to 600");
            var speeds = new List<RelaySpeed>();
            foreach (var file in parsed.GetRequiredValue(files))
                speeds.Add(await LinkBench.Run(Read(file, length), length, cancel));
            var table = new Table().AddColumns("trace", "Mbit/s", "error", "error a second", "round trip off by ms", "told time off", "by the socket");
            foreach (var s in speeds)
                table.AddRow(Markup.Escape(s.Trace), $"{s.MeanMbitS:F2}", $"{s.RateError:P2}", $"{s.MedianSecondError:P2}", $"{s.RoundTripErrorMs:F2}", s.Told.Error is { } off ? $"{off:P1}, {s.Told.Trains} trains" : "no train came", s.Told.BySocket is { } times ? $"{times:F0}x too fast" : "");
            AnsiConsole.Write(table);
            BenchVerb.Write(parsed.GetValue(json), speeds);
            return 0;
        });
        return command;
    }

    private static LinkTrace Read(string file, double seconds) => file.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
        ? LinkModel.Read(file).Draw(1, 0, Math.Max(60, 2 * seconds)) : TraceFile.Read(file).Trace;
}

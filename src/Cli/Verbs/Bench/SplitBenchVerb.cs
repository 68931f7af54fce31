using System.CommandLine;
using RlOffload.Environment;
using RlOffload.Training.Benchmarks;
using Spectre.Console;

namespace RlOffload.Cli.Verbs.Bench;

internal static class SplitBenchVerb
{
    public static Command Create()
    {
        var models = new Argument<string[]>("MODEL") { Description = "Networks (.onnx) of 2 ms or more [default: one made for this].", Arity = ArgumentArity.ZeroOrMore };
        var cuts = BenchVerb.Number("--cuts", "Cuts of each network at most", 12);
        var (rounds, json) = (BenchVerb.RoundCount(), BenchVerb.JsonFile());
        var command = new Command("split", """
            What a cut costs besides the link: head, codec at 32 bits there and back and tail in one process, beside the whole network, both at ONNX Runtime's
            default optimisation and on one thread.

            Example:
              rloffload bench split resnet50.onnx --cuts 6 --json split.json
            """)
        {
            models, cuts, rounds, json,
        };
        command.SetAction(parsed =>
        {
            OutputFiles.RequireFolders(("--json", parsed.GetValue(json)));
            BenchVerb.RequirePositive(parsed, cuts, rounds);
            var files = parsed.GetValue(models) ?? [];
            var missing = files.Where(f => !File.Exists(f)).Select(f => $"{f}:MODEL: is not there, allowed is an ONNX file").ToList();
            if (missing.Count > 0)
                throw new InputException(missing);
            var report = BenchVerb.Measured("splitting", () => SplitBench.Run(files, parsed.GetValue(cuts), parsed.GetValue(rounds)));
            foreach (var model in report.Models)
            {
                var table = new Table().AddColumns("cut after", "KiB sent", "ms", "to the whole", "difference").Title(Markup.Escape(model.Model))
                    .Caption($"the whole takes {model.WholeMs:F2} ms; median {model.MedianRatioToWhole:F3}x");
                foreach (var cut in model.Cuts)
                    table.AddRow(Markup.Escape(cut.After), $"{cut.PayloadBytes / 1024.0:F1}", $"{cut.Ms:F3}", $"{cut.RatioToWhole:F3}x", $"{cut.Difference:G2}");
                AnsiConsole.Write(table);
            }
            BenchVerb.Write(parsed.GetValue(json), report);
        });
        return command;
    }
}

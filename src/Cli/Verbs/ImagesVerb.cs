using System.CommandLine;
using RlOffload.Environment;
using RlOffload.Inference.Images;
using Spectre.Console;

namespace RlOffload.Cli.Verbs;

internal static class ImagesVerb
{
    public static Command Create() => new("images", "Makes the camera-like frames that the shipped network is trained and tested on.")
    {
        Make(),
    };

    private static Command Make()
    {
        var source = new Option<string>("--source")
        {
            Description = "IDX file of 28x28 grey items (plain or .gz), or the folder of Fashion-MNIST's four files",
            Required = true,
        };
        var part = new Option<string>("--part")
        {
            Description = "Which of the folder's two parts",
            DefaultValueFactory = _ => "train",
        };
        part.AcceptOnlyFromAmong("train", "test");
        var labels = new Option<string?>("--labels") { Description = "IDX file of the items' labels [default: beside them, 'labels-idx1' in the name for 'images-idx3']" };
        var target = new Option<string>("--out") { Description = "IDX file to write: bytes [N, 3, 96, 96], red plane first; a name in .gz is compressed", Required = true };
        var targetLabels = new Option<string?>("--out-labels") { Description = "IDX file for the labels [default: '-labels' before the extension of --out]" };
        var seed = new Option<ulong>("--seed") { Description = "The same seed makes the same bytes on every machine", DefaultValueFactory = _ => 1 };
        var first = new Option<int>("--first") { Description = "Index of the first item taken" };
        var count = new Option<int?>("--count") { Description = "How many items are taken [default: all from the first]" };
        var preview = new Option<string?>("--preview") { Description = "PNG file to write that shows the first 64 frames" };
        var make = new Command("make",
            """
            Scales, shifts and tints every item onto a textured background of 96x96 pixels.

            Example:
              rloffload images make --source models/fashion-test-1000-images-idx3-ubyte.gz --out frames.idx --preview frames.png
            """)
        {
            source, part, labels, target, targetLabels, seed, first, count, preview,
        };
        make.SetAction((parsed, cancel) =>
        {
            var images = Items(parsed.GetRequiredValue(source), parsed.GetRequiredValue(part));
            var path = parsed.GetRequiredValue(target);
            var set = FrameSet.Open(images, parsed.GetValue(labels), parsed.GetValue(seed), parsed.GetValue(first), parsed.GetValue(count));
            if (!set.Made)
                throw new InputException(images, "dimensions", "are Nx3x96x96: these are frames already, allowed is Nx28x28 (grey items)");
            Write(set, path, parsed.GetValue(targetLabels) ?? FrameSet.LabelsBeside(path), cancel);
            Console.WriteLine($"{path}: {set.Count} frames [{set.Count}, 3, 96, 96] of items {set.First} to {set.First + set.Count - 1}, seed {parsed.GetValue(seed)}");
            if (parsed.GetValue(preview) is { } picture)
            {
                ContactSheet.Write(set, picture);
                Console.WriteLine($"{picture}: shows the first {Math.Min(set.Count, 64)}");
            }
            return Task.FromResult(0);
        });
        return make;
    }

    private static void Write(FrameSet set, string path, string labels, CancellationToken cancel)
    {
        // On the error stream, so that what is printed can be piped on.
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context => FrameFile.Write(set, path, labels, new Bar(context.AddTask("frames", maxValue: set.Count)), cancel));
    }

    private sealed class Bar(ProgressTask task) : IProgress<int>
    {
        public void Report(int value) => task.Value = value;
    }

    private static string Items(string source, string part)
    {
        if (!Directory.Exists(source))
            return source;
        var name = part == "test" ? "t10k-images-idx3-ubyte" : "train-images-idx3-ubyte";
        return new[] { name, name + ".gz" }.Select(file => Path.Combine(source, file)).FirstOrDefault(File.Exists)
            ?? throw new InputException(source, "source", $"the folder holds neither {name} nor {name}.gz");
    }
}

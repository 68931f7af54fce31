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
            Description = "IDX file of 28x28 grey items (plain or .gz), or a folder that holds Fashion-MNIST's four files.",
            Required = true,
        };
        var part = new Option<string>("--part")
        {
            Description = "Which of the folder's two parts.",
            DefaultValueFactory = _ => "train",
        };
        part.AcceptOnlyFromAmong("train", "test");
        var labels = new Option<string?>("--labels") { Description = "IDX file of their labels. Default: the file beside the items with 'labels-idx1' in its name for 'images-idx3'." };
        var target = new Option<string>("--out") { Description = "IDX file to write: unsigned bytes [N, 3, 96, 96], red plane first; .gz compresses.", Required = true };
        var targetLabels = new Option<string?>("--out-labels") { Description = "IDX file for the labels. Default: '-labels' before the extension of --out." };
        var seed = new Option<ulong>("--seed") { Description = "The same seed makes the same bytes on every machine.", DefaultValueFactory = _ => 1 };
        var first = new Option<int>("--first") { Description = "Index of the first item taken." };
        var count = new Option<int?>("--count") { Description = "How many items are taken. Default: all from the first." };
        var preview = new Option<string?>("--preview") { Description = "PNG file that shows the first 64 frames." };
        var make = new Command("make",
            """
            Scales, shifts and tints every item onto a textured background of 96x96 pixels.

            Example: rloffload images make --source models/fashion-test-1000-images-idx3-ubyte.gz --out frames.idx --preview frames.png
            """)
        {
            source, part, labels, target, targetLabels, seed, first, count, preview,
        };
        make.SetAction((parsed, cancel) =>
        {
            var images = Items(parsed.GetRequiredValue(source), parsed.GetRequiredValue(part));
            var output = parsed.GetRequiredValue(target);
            var options = new FrameFileOptions(
                images,
                parsed.GetValue(labels) ?? LabelsBeside(images),
                output,
                parsed.GetValue(targetLabels) ?? WithSuffix(output, "-labels"),
                parsed.GetValue(seed),
                parsed.GetValue(first),
                parsed.GetValue(count));
            return Task.FromResult(Run(options, parsed.GetValue(preview), cancel));
        });
        return make;
    }

    private static int Run(FrameFileOptions options, string? preview, CancellationToken cancel)
    {
        var written = 0;
        AnsiConsole.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                var bar = context.AddTask("frames", maxValue: 1);
                written = FrameFile.Write(options, new Bar(bar), cancel);
            });
        Console.WriteLine($"{options.Out}: {written} frames [{written}, 3, 96, 96], seed {options.Seed}, items {options.First} to {options.First + written - 1}");
        Console.WriteLine($"{options.OutLabels}: their labels");
        if (preview is not null)
            throw new InputException(preview, "preview", "later");
        return 0;
    }

    private sealed class Bar(ProgressTask task) : IProgress<(int Done, int Of)>
    {
        public void Report((int Done, int Of) value)
        {
            task.MaxValue = value.Of;
            task.Value = value.Done;
        }
    }

    private static string Items(string source, string part)
    {
        if (!Directory.Exists(source))
            return source;
        var name = part == "test" ? "t10k-images-idx3-ubyte" : "train-images-idx3-ubyte";
        foreach (var file in (string[])[name, name + ".gz"])
        {
            if (File.Exists(Path.Combine(source, file)))
                return Path.Combine(source, file);
        }
        throw new InputException(source, "source", $"the folder holds neither {name} nor {name}.gz");
    }

    private static string LabelsBeside(string images)
    {
        var name = Path.GetFileName(images);
        var beside = name.Replace("images-idx3", "labels-idx1", StringComparison.Ordinal);
        return beside != name
            ? Path.Combine(Path.GetDirectoryName(images) ?? "", beside)
            : throw new InputException("--labels", images, "its labels cannot be told from its name; name them with --labels FILE");
    }

    private static string WithSuffix(string path, string suffix)
    {
        var end = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        var extension = Path.GetExtension(end);
        return end[..^extension.Length] + suffix + path[(end.Length - extension.Length)..];
    }
}

using System.CommandLine;
using System.Globalization;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Profiling;
using Spectre.Console;

namespace RlOffload.Cli.Verbs;

internal static class ProfileVerb
{
    public static Command Create()
    {
        var model = new Argument<string>("MODEL.onnx") { Description = "The network: one ONNX file, with one exit or several." };
        var output = new Option<string>("--out") { Description = "The profile to write (JSON).", Required = true };
        var repeats = new Option<int>("--repeats")
        {
            Description = "Timed runs of each head and tail; quick ones get more.",
            DefaultValueFactory = _ => 30,
        };
        var maxCuts = new Option<int>("--max-cuts")
        {
            Description = "Cuts that are timed; the rest are listed by size.",
            DefaultValueFactory = _ => 64,
        };
        var maxLive = new Option<int>("--max-live")
        {
            Description = "A place crossed by more tensors than this is no cut.",
            DefaultValueFactory = _ => 4,
        };
        var exits = new Option<string?>("--exits")
        {
            Description = "Outputs that are exits, shallowest first, by commas "
                + "[default: exit1, exit2, ... by name; else all outputs are one exit].",
        };
        var shape = new Option<string?>("--shape")
        {
            Description = "Input shape, such as 1,3,224,224 [default: the model's; open sizes are searched].",
        };
        var images = new Option<string?>("--images")
        {
            Description = "Labelled images for accuracy: IDX [N,C,H,W] or [N,H,W,C], 28x28 items that frames are made of, "
                + "or CIFAR-10 records (.bin).",
        };
        var labels = new Option<string?>("--labels") { Description = "IDX labels [default: NAME-labels beside the images]." };
        var count = new Option<int>("--accuracy-images")
        {
            Description = "At most so many images are used.",
            DefaultValueFactory = _ => 1000,
        };
        var first = new Option<int>("--first-image") { Description = "The first image used.", DefaultValueFactory = _ => 0 };
        var seed = new Option<ulong>("--seed") { Description = "Of the frames made of 28x28 items.", DefaultValueFactory = _ => 1 };
        var scale = new Option<double>("--scale")
        {
            Description = "An input number is (byte * scale - mean) / std.",
            DefaultValueFactory = _ => 1.0 / 255,
        };
        var mean = new Option<string>("--mean") { Description = "One number, or one a channel by commas.", DefaultValueFactory = _ => "0" };
        var std = new Option<string>("--std") { Description = "One number, or one a channel by commas.", DefaultValueFactory = _ => "1" };
        var command = new Command("profile", """
            Measures a network through ONNX Runtime on one thread: where it can be cut, what each head and tail costs,
            and with labelled images how accurate every exit is at every cut and number of bits.
            Ctrl-C keeps what was measured; the same command then goes on from there.

            Example:
              rloffload profile models/fashion_frames.onnx --out frames.profile.json --images items.idx --accuracy-images 500
            """)
        {
            model, output, repeats, maxCuts, maxLive, exits, shape, images, labels, count, first, seed, scale, mean, std,
        };
        command.SetAction((parsed, cancel) =>
        {
            var problems = new List<string>();
            double[] Reals(Option<string> option) => Numbers<double>(option.Name, parsed.GetValue(option)!, problems);
            var options = new ProfileOptions(parsed.GetRequiredValue(model), parsed.GetRequiredValue(output))
            {
                Repeats = parsed.GetValue(repeats),
                MaxCuts = parsed.GetValue(maxCuts),
                MaxLive = parsed.GetValue(maxLive),
                Exits = parsed.GetValue(exits)?.Split(',', StringSplitOptions.TrimEntries),
                Shape = parsed.GetValue(shape) is { } s ? Numbers<long>(shape.Name, s, problems) : null,
                Images = parsed.GetValue(images),
                Labels = parsed.GetValue(labels),
                AccuracyImages = parsed.GetValue(count),
                FirstImage = parsed.GetValue(first),
                Seed = parsed.GetValue(seed),
                Pixels = new PixelScale(parsed.GetValue(scale), Reals(mean), Reals(std)),
            };
            if (problems.Count > 0)
                throw new InputException(problems);
            return Task.FromResult(Run(options, cancel));
        });
        return command;
    }

    private static int Run(ProfileOptions options, CancellationToken cancel)
    {
        ModelProfile? profile = null;
        try
        {
            AnsiConsole.Progress().HideCompleted(false)
                .Columns(
                    new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn(),
                    new RemainingTimeColumn())
                .Start(context =>
                {
                    var bars = new Dictionary<string, ProgressTask>();
                    profile = new Profiler(options, TimeProvider.System, new Reporter(p =>
                    {
                        if (!bars.TryGetValue(p.Stage, out var bar))
                            bars[p.Stage] = bar = context.AddTask(p.Stage);
                        (bar.MaxValue, bar.Value) = (p.Of, p.Done);
                    })).Run(cancel);
                });
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine($"Interrupted. What was measured is in {options.Out}.journal; the same command goes on from there.");
            throw;
        }
        ProfileTable.Print(profile!);
        Console.WriteLine($"Wrote {options.Out}");
        return 0;
    }

    private static T[] Numbers<T>(string option, string text, List<string> problems) where T : IParsable<T>
    {
        var numbers = new List<T>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
            if (T.TryParse(part, CultureInfo.InvariantCulture, out var number))
                numbers.Add(number);
            else
                problems.Add($"{option}: '{part}' in '{text}' is no {(typeof(T) == typeof(long) ? "whole number" : "number")}; "
                    + "numbers separated by commas are allowed");
        return [.. numbers];
    }

    /// <summary>Reports at once, from the measuring thread; Progress of T would queue behind it.</summary>
    private sealed class Reporter(Action<ProfileProgress> show) : IProgress<ProfileProgress>
    {
        private readonly Lock _gate = new();

        public void Report(ProfileProgress value)
        {
            lock (_gate)
                show(value);
        }
    }
}

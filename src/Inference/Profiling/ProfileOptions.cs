using RlOffload.Environment;
using RlOffload.Environment.Profiles;

namespace RlOffload.Inference.Profiling;

/// <summary>What to profile and how thoroughly.</summary>
/// <param name="Out">Where the profile goes; a journal lies beside it until it is done.</param>
public sealed record ProfileOptions(string Model, string Out)
{
    /// <summary>Bits a number at the cut that accuracy is measured for.</summary>
    public static readonly IReadOnlyList<int> Bits = [2, 3, 4, 6, 8, 16, 32];

    /// <summary>Timed runs of each sub-model; quick ones get more.</summary>
    public int Repeats { get; init; } = 30;

    /// <summary>Cuts that are timed; the rest are listed by size.</summary>
    public int MaxCuts { get; init; } = 64;

    /// <summary>A place crossed by more tensors than this is no cut.</summary>
    public int MaxLive { get; init; } = 4;

    /// <summary>Output names, from the shallowest exit to the deepest; null: exit1..exitN by name, else all outputs are one exit.</summary>
    public IReadOnlyList<string>? Exits { get; init; }

    /// <summary>Input shape; null: the model's own, dynamic dimensions by search.</summary>
    public IReadOnlyList<long>? Shape { get; init; }

    /// <summary>IDX [N,C,H,W] or [N,H,W,C], or CIFAR-10 records; null: nothing is said of accuracy.</summary>
    public string? Images { get; init; }

    /// <summary>IDX labels; null: the file beside the images, or CIFAR-10's own.</summary>
    public string? Labels { get; init; }

    /// <summary>At most so many images are used.</summary>
    public int AccuracyImages { get; init; } = 1000;

    /// <summary>The first image used.</summary>
    public int FirstImage { get; init; }

    /// <summary>Of frames made of 28x28 items.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How bytes become input numbers.</summary>
    public PixelScale Pixels { get; init; } = new(1.0 / 255, [0], [1]);

    /// <exception cref="InputException">Says everything that is wrong with the options themselves.</exception>
    public void Check()
    {
        var problems = new List<string>();
        void Need(bool ok, string problem)
        {
            if (!ok)
                problems.Add(problem);
        }
        Need(Repeats >= 1, $"--repeats: is {Repeats}, allowed is 1 or more");
        Need(MaxCuts >= 1, $"--max-cuts: is {MaxCuts}, allowed is 1 or more");
        Need(MaxLive >= 1, $"--max-live: is {MaxLive}, allowed is 1 or more");
        Need(AccuracyImages >= 1, $"--accuracy-images: is {AccuracyImages}, allowed is 1 or more");
        Need(FirstImage >= 0, $"--first-image: is {FirstImage}, allowed is 0 or more");
        Need(Shape is null || (Shape.Count > 0 && Shape.All(d => d >= 1)),
            $"--shape: is {string.Join(',', Shape ?? [])}, allowed are whole numbers of 1 or more, separated by commas");
        Need(Images is not null || Labels is null, "--labels: is given without --images; give both");
        Need(double.IsFinite(Pixels.Scale) && Pixels.Scale > 0, $"--scale: is {Pixels.Scale}, allowed is a number above 0");
        Need(Pixels.Mean.Count == Pixels.Std.Count && Pixels.Mean.All(double.IsFinite) && Pixels.Std.All(s => double.IsFinite(s) && s > 0),
            $"--mean, --std: are {string.Join(',', Pixels.Mean)} and {string.Join(',', Pixels.Std)}, "
            + "allowed are as many finite numbers each, std above 0");
        var folder = Path.GetDirectoryName(Path.GetFullPath(Out));
        Need(Directory.Exists(folder), $"--out: the folder {folder} does not exist");
        Need(!Directory.Exists(Out), $"--out: {Out} is a folder, a file is needed");
        Need(Path.GetFullPath(Out) != Path.GetFullPath(Model), $"--out: {Out} is the model itself; another file is needed");
        if (problems.Count > 0)
            throw new InputException(problems);
    }
}

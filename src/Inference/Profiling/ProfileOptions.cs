using RlOffload.Environment.Profiles;

namespace RlOffload.Inference.Profiling;

/// <summary>What to profile and how thoroughly.</summary>
/// <param name="Out">Where the profile goes; a journal lies beside it until it is done.</param>
/// <param name="Repeats">Timed runs of each sub-model; quick ones get more.</param>
/// <param name="MaxCuts">Cuts that are timed; the rest are listed by size.</param>
/// <param name="MaxLive">A place crossed by more tensors than this is no cut.</param>
/// <param name="Exits">Output names, from the shallowest exit to the deepest; null: exit1..exitN by name, else all outputs are one exit.</param>
/// <param name="Shape">Input shape; null: from the model, dynamic dimensions by search.</param>
/// <param name="Images">IDX [N,C,H,W] or [N,H,W,C], or CIFAR-10 records; null: nothing is said of accuracy.</param>
/// <param name="Labels">IDX labels; null: the file beside the images, or CIFAR-10's own.</param>
/// <param name="AccuracyImages">At most so many images are used.</param>
/// <param name="FirstImage">The first image used.</param>
/// <param name="Seed">Of frames made of 28x28 items.</param>
/// <param name="Pixels">How bytes become input numbers.</param>
public sealed record ProfileOptions(
    string Model, string Out, int Repeats = 30, int MaxCuts = 64, int MaxLive = 4, IReadOnlyList<string>? Exits = null,
    IReadOnlyList<long>? Shape = null, string? Images = null, string? Labels = null, int AccuracyImages = 1000, int FirstImage = 0,
    ulong Seed = 1, PixelScale? Pixels = null)
{
    /// <summary>Bits a number at the cut that accuracy is measured for.</summary>
    public static readonly IReadOnlyList<int> Bits = [2, 3, 4, 6, 8, 16, 32];
}

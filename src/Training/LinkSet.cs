using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Environment.Plans;

namespace RlOffload.Training;

/// <param name="Choice">How it was read: a fitted model's name, or the format that was found.</param>
public sealed record LinkFile(string Path, string Sha256, string Choice, IReadOnlyList<string> Warnings);

/// <summary>Windows of one kind (training, tuning, test) with the seed that draws everything else about them.</summary>
public sealed record LinkSet(string Name, ILinks Links, ulong Seed, IReadOnlyList<LinkFile> Files)
{
    /// <summary>The same windows, each changed in its own way: <see cref="RandomisedLinks"/>.</summary>
    /// <param name="usual">A usual rate of these links, bit/s.</param>
    public LinkSet Randomised(LinkSpread spread, double usual) => spread.IsNothing ? this : this with { Links = new RandomisedLinks(Links, spread, usual, Seed) };

    /// <summary>A new environment over these windows; window n is the same for every model.</summary>
    public OffloadEnvironment Environment(CostModel model) => new(model, Links, Seed);
}

using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;

namespace RlOffload.Agents.Planners;

/// <summary>The plans of published systems that leave when confident. The environment offers them beside a config's own, as it does published widths.</summary>
public static class PublishedGates
{
    /// <summary>alpha of SplitEE: .7 to .85 by data set in its authors' code.</summary>
    public const double SplitConfidence = 0.8;

    /// <summary>Entropies T, nats, that BranchyNet is tuned over; its paper's own lie between .0001 and .3.</summary>
    public static IReadOnlyList<double> Entropies { get; } = [0.0001, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8];

    /// <summary>alpha of I-SplitEE, as in its authors' code.</summary>
    public const double ImageSplitConfidence = 0.5;

    /// <summary>No softmax value reaches it: the exit is tried, its confidence seen, and nobody leaves.</summary>
    private const double SeenOnly = 2;

    /// <summary>
    /// SplitEE's arms (one exit is tried on the device; who is not sure there is sent from where it branches off to the deepest exit), the same where
    /// all exits before it are computed too, as SplitEE-S does, I-SplitEE's, and BranchyNet's (all on the device, every exit tried). Empty where
    /// the profile does not know single images.
    /// </summary>
    public static IEnumerable<OffloadPlan> Plans(ModelProfile profile, IReadOnlyList<int> bits)
    {
        var deepest = profile.Exits.Count - 1;
        if (profile.Outcomes is null || deepest < 1)
            yield break;
        for (var exit = 0; exit < deepest; exit++)
            if (GatedPath.BranchPoint(profile, exit, deepest) is > 0 and var cut)
                foreach (var gate in new[] { Single(exit, SplitConfidence), Seeing(exit, SplitConfidence), Single(exit, ImageSplitConfidence) }.Distinct())
                    foreach (var width in bits)
                        yield return new(PlanKind.Split, deepest, cut, width, Gate: gate);
        var whole = profile.Partitions.First(p => p.Exit == deepest && p.Local).Cut;
        foreach (var entropy in Entropies)
            yield return new(PlanKind.Local, deepest, whole, 0, Gate: Gate.Everywhere(profile.Exits.Count, GateMeasure.Entropy, entropy));
    }

    /// <summary>Leave at this exit when confident; no other is computed.</summary>
    public static Gate Single(int exit, double confidence) => Gate.At(exit, GateMeasure.Confidence, confidence);

    /// <summary>Leave at this exit when confident; those before it are computed, which costs device time, and only looked at.</summary>
    public static Gate Seeing(int exit, double confidence) => new(GateMeasure.Confidence, [.. Enumerable.Repeat(SeenOnly, exit), confidence]);
}

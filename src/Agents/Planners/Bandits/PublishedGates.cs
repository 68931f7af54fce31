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

    /// <summary>
    /// SplitEE's arms (one exit is tried on the device; who is not sure there is sent from where it branches off to the deepest exit) and
    /// BranchyNet's (all on the device, every exit tried). Empty where the profile does not know single images.
    /// </summary>
    public static IEnumerable<OffloadPlan> Plans(ModelProfile profile, IReadOnlyList<int> bits)
    {
        var deepest = profile.Exits.Count - 1;
        if (profile.Outcomes is null || deepest < 1)
            yield break;
        for (var exit = 0; exit < deepest; exit++)
            if (GatedPath.BranchPoint(profile, exit, deepest) is > 0 and var cut)
                foreach (var width in bits)
                    yield return new(PlanKind.Split, deepest, cut, width, Gate: Gate.At(exit, GateMeasure.Confidence, SplitConfidence));
        var whole = profile.Partitions.First(p => p.Exit == deepest && p.Local).Cut;
        foreach (var entropy in Entropies)
            yield return new(PlanKind.Local, deepest, whole, 0, Gate: Gate.Everywhere(profile.Exits.Count, GateMeasure.Entropy, entropy));
    }
}

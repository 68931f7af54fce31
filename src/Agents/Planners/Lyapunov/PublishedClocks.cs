using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;

namespace RlOffload.Agents.Planners;

/// <summary>The plans of published systems that set the device's clock. The environment offers them beside a config's own, as it does published widths.</summary>
public static class PublishedClocks
{
    /// <summary>What CutEdge chooses from: each split of the deepest exit for which the device computes, at each slower clock.</summary>
    public static IEnumerable<OffloadPlan> Plans(ModelProfile profile, IReadOnlyList<int> bits, IReadOnlyList<Clock>? clocks) =>
        clocks is not { Count: > 0 } ? []
            : PlanTable.Of(profile, bits, probe: false, clocks: clocks).Plans.Where(p => p.Clock is not null && p.Exit == profile.Exits.Count - 1);
}

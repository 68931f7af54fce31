using RlOffload.Environment.Plans;

namespace RlOffload.Environment;

/// <summary>
/// Forbids plans that stay on the device and send no probe where nothing is on the uplink and what is known of the link is older than an age. Who learns
/// what to send then need not learn when to ask: what a probe is worth is little where links are as slow as those learned from, so that what is learned of it
/// is mostly noise, and much where they are faster. The rule of the planner 'probe-rule', as a rule of the mask.
/// </summary>
public sealed class ProbeRule
{
    private readonly int[] _twins;

    /// <param name="plans">Plans that masks are about, in their order.</param>
    /// <param name="after">s since the last transfer, from which on the rule holds; 0 or more.</param>
    public ProbeRule(IReadOnlyList<OffloadPlan> plans, double after)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        (_twins, After) = (Twins(plans), after);
    }

    /// <summary>s since the last transfer, from which on the rule holds.</summary>
    public double After { get; }

    /// <summary>Of each plan that stays on the device without a probe, where the same plan with one stands among them; of the others -1.</summary>
    public static int[] Twins(IReadOnlyList<OffloadPlan> plans)
    {
        var places = plans.Index().ToDictionary(p => p.Item, p => p.Index);
        return [.. plans.Select(p => p is { Kind: PlanKind.Local, Probe: false } ? places.GetValueOrDefault(p with { Probe = true }, -1) : -1)];
    }

    /// <summary>Whether nothing is on the uplink, or will be soon, and what is known of the link is that old.</summary>
    public static bool IsStale(Observation known, double after) => known.UplinkBacklogBytes + known.PendingBytes <= 0 && known.RateAge >= after;

    /// <summary>Allocates nothing; may be called by several threads at once.</summary>
    /// <param name="mask">Of the plans: what can run; what is left of it. A plan whose twin with a probe cannot run is left.</param>
    public void Apply(Observation known, Span<bool> mask)
    {
        if (!IsStale(known, After))
            return;
        for (var p = 0; p < mask.Length; p++)
            if (_twins[p] >= 0 && mask[_twins[p]])
                mask[p] = false;
    }
}

using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>DADS' loop for one request: the light search, the heavy one where the light one's slowest stage cannot keep up with the arrivals, and a plan that the mask allows.</summary>
internal sealed class GraphDecision(CostTable table, int bits)
{
    private readonly int[] _splits = new SplitChain(table, bits).All;
    private readonly Retreat _retreat = new(table);

    public int Decide(PartitionSearch search, Observation o, ReadOnlySpan<bool> mask)
    {
        var now = new CutConditions(o.Slowdown, o.Rate, o.ServerLoad, o.Rtt);
        var found = search.Light(now);
        if (found.Stages.Longest * o.FastIntensity > 1) // max stage > 1/Q
            found = search.Heavy(now);
        return found.Plan >= 0 && mask[found.Plan] ? found.Plan : Fastest(o, mask);
    }

    private int Fastest(Observation o, ReadOnlySpan<bool> mask)
    {
        var (best, least) = (-1, double.PositiveInfinity);
        foreach (var plan in _splits)
            if (mask[plan] && SplitChain.Latency(table, plan, o) is var latency && latency < least)
                (best, least) = (plan, latency);
        return _retreat.Unless(best, mask);
    }
}

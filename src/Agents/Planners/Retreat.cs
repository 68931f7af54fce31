using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>What a planner does where none of its own plans is allowed: the most accurate all-local plan that is, else drop.</summary>
internal sealed class Retreat
{
    private readonly int[] _order;

    public Retreat(CostTable table)
    {
        var plans = Enumerable.Range(0, table.Count).Where(p => table.Plans[p] is { Probe: false, Gate: null, Clock: null }).ToArray();
        var local = plans.Where(p => table.Plans[p].Kind == PlanKind.Local)
            .OrderByDescending(p => table[p].Accuracy).ThenBy(p => table[p].DeviceSeconds);
        _order = [.. local, .. plans.Where(p => table.Plans[p].Kind == PlanKind.Drop)];
    }

    /// <summary>An allowed plan; the environment always allows drop.</summary>
    public int From(ReadOnlySpan<bool> mask)
    {
        foreach (var plan in _order)
            if (mask[plan])
                return plan;
        return Math.Max(0, mask.IndexOf(true));
    }

    /// <summary><paramref name="plan"/> where it is allowed, else the retreat.</summary>
    public int Unless(int plan, ReadOnlySpan<bool> mask) => plan >= 0 && mask[plan] ? plan : From(mask);
}

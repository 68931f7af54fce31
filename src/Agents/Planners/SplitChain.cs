using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>
/// The network as planners without exits and bits see it: a chain up to the deepest exit that is cut once, with numbers of one width sent.
/// </summary>
internal sealed class SplitChain
{
    private readonly CostTable _table;

    /// <param name="bits">Width of the numbers at an inner cut, 32 sends them as computed; null where inner cuts do not matter.</param>
    /// <exception cref="InputException">The table has inner cuts of the deepest exit, but none at this width.</exception>
    public SplitChain(CostTable table, int? bits = null)
    {
        _table = table;
        var deepest = table.Profile.Exits.Count - 1;
        var plans = Enumerable.Range(0, table.Count).Where(p => table.Plans[p] is var plan && plan.Exit == deepest && plan is { Probe: false, Gate: null, Clock: null }).ToArray();
        int Only(PlanKind kind) => plans.Where(p => table.Plans[p].Kind == kind).DefaultIfEmpty(-1).First();
        (Remote, Local) = (Only(PlanKind.Remote), Only(PlanKind.Local));
        var splits = plans.Where(p => table.Plans[p].Kind == PlanKind.Split).ToArray();
        Inner = [.. splits.Where(p => table.Plans[p].Bits == bits).OrderBy(p => table.Plans[p].Cut)];
        if (bits is not null && Inner.Length == 0 && splits.Length > 0)
            throw new InputException("plans", "bits",
                $"the table sends no numbers of {bits} bits, allowed: {string.Join(", ", splits.Select(p => table.Plans[p].Bits).Distinct().Order())}");
    }

    /// <summary>The plans that send the input and that keep everything; -1 where the table lacks them.</summary>
    public int Remote { get; }
    public int Local { get; }

    /// <summary>The plans between them, from the first cut to the last.</summary>
    public int[] Inner { get; }

    /// <summary>Every split that the table has, from the input to all-local.</summary>
    public int[] All => [.. new[] { Remote }.Concat(Inner).Append(Local).Where(p => p >= 0)];

    /// <summary>Memory of the whole network on the device, up to the deepest exit.</summary>
    public double WholeMemoryBytes => Local >= 0 ? _table[Local].MemoryBytes : Inner.Select(p => _table[p].MemoryBytes).DefaultIfEmpty(0).Max();

    public double Latency(int plan, Observation o) => Latency(_table, plan, o);

    /// <summary>
    /// Latency of a plan, were nothing queued: profiled times as slow as the device and the server are now, the observed rate and round trip.
    /// Queues are left out because the published planners know none.
    /// </summary>
    public static double Latency(CostTable table, int plan, Observation o)
    {
        ref readonly var cost = ref table[plan];
        var device = cost.DeviceSeconds * o.Slowdown;
        return cost.Bytes > 0 ? device + cost.Bytes * 8 / o.Rate + o.Rtt + cost.ServerSeconds * o.ServerLoad : device;
    }
}

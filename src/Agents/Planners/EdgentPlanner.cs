using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>
/// Edgent (Li et al., SEC 2018; TWC 2020): from the deepest exit on, the split of least latency; the first exit whose best split meets the deadline is taken. With bits chosen
/// (<c>edgent+bits</c>, ours: the paper sends 32) each exit is tried from the widest numbers to the narrowest before the next shallower one. Times are the profile's instead of
/// regressed ones, at the rate observed now, without queues. Where nothing meets the deadline the paper answers that there is no plan; here the plan of least latency is played.
/// </summary>
public sealed class EdgentPlanner : IPolicy
{
    private readonly CostTable _table;
    private readonly Retreat _retreat;

    /// <summary>Plans by exit and width, in the order in which they are tried; those that send no quantised numbers belong to an exit's widest.</summary>
    private readonly int[][] _groups;

    /// <param name="bits">The one width of the numbers sent; null: chosen among the table's.</param>
    /// <exception cref="InputException">The table splits the network, but never sends this width.</exception>
    public EdgentPlanner(CostModel model, int? bits = 32, string name = "edgent")
    {
        (Name, _table, _retreat) = (name, model.Table, new Retreat(model.Table));
        var plans = _table.Plans;
        int[] widths = bits is { } one ? [one] : [.. plans.Plans.Where(p => p.Bits > 0).Select(p => p.Bits).Distinct().OrderDescending()];
        if (bits is not null)
            _ = new SplitChain(_table, bits);
        _groups =
        [
            .. from exit in Enumerable.Range(0, _table.Profile.Exits.Count).Reverse()
               from width in widths.DefaultIfEmpty(0)
               let members = Enumerable.Range(0, plans.Count)
                   .Where(p => plans[p] is { Probe: false, Gate: null, Clock: null } && plans[p].Exit == exit && (plans[p].Bits == width || (plans[p].Bits == 0 && width == widths.FirstOrDefault())))
                   .OrderBy(p => plans[p].Cut).ToArray()
               where members.Length > 0
               select members,
        ];
    }

    public string Name { get; }

    public void Begin(int window) { }

    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        var (fastest, shortest) = (-1, double.PositiveInfinity);
        foreach (var group in _groups)
        {
            var (best, least) = (-1, double.PositiveInfinity);
            foreach (var plan in group)
                if (mask[plan] && SplitChain.Latency(_table, plan, observation) is var latency && latency < least)
                    (best, least) = (plan, latency);
            if (best >= 0 && least <= observation.Deadline)
                return best;
            if (least < shortest)
                (fastest, shortest) = (best, least);
        }
        return _retreat.Unless(fastest, mask);
    }
}

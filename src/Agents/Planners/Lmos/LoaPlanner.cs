using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>LMOS' companion for latency only ("Only Latency Optimization" in its authors' code): the fastest of the same cuts, whatever memory it takes.</summary>
/// <param name="bits">Width of the numbers sent; the published system sends 32.</param>
public sealed class LoaPlanner(CostModel model, int bits = 32, string name = "loa") : IPolicy
{
    private readonly SplitChain _chain = new(model.Table, bits);
    private readonly Retreat _retreat = new(model.Table);

    public string Name => name;

    public void Begin(int window) { }

    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        var (best, least) = (-1, double.PositiveInfinity);
        foreach (var plan in _chain.Inner)
            if (mask[plan] && _chain.Latency(plan, observation) is var latency && latency < least)
                (best, least) = (plan, latency);
        return _retreat.Unless(best, mask);
    }
}

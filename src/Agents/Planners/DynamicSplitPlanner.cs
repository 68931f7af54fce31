using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>
/// Dynamic split computing (Bakhtiarnia et al., arXiv 2205.11269): of the natural bottlenecks, the cuts at which less is sent than for the input itself, and of sending the
/// input and keeping everything, the split of least T_head + 8|z|/r + T_tail at the rate r observed now. No retraining, no exits, batch 1. The paper's text was not
/// at hand; that sizes are compared in the encodings really sent (the scenario's for the input, BITS a number at a cut) is our reading.
/// </summary>
public sealed class DynamicSplitPlanner : IPolicy
{
    private readonly CostTable _table;
    private readonly Retreat _retreat;
    private readonly int[] _candidates;

    /// <param name="bits">Width of the numbers sent; the published system sends 32.</param>
    public DynamicSplitPlanner(CostModel model, int bits = 32, string name = "dynamic-split")
    {
        (Name, _table, _retreat) = (name, model.Table, new Retreat(model.Table));
        var chain = new SplitChain(_table, bits);
        Bottlenecks = [.. chain.Inner.Where(p => chain.Remote < 0 || _table[p].Bytes < _table[chain.Remote].Bytes)];
        _candidates = [.. chain.All.Where(p => p == chain.Remote || p == chain.Local || Bottlenecks.Contains(p))];
    }

    public string Name { get; }

    /// <summary>Plans that send a natural bottleneck, from the first cut to the last.</summary>
    public IReadOnlyList<int> Bottlenecks { get; }

    public void Begin(int window) { }

    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        var (best, least) = (-1, double.PositiveInfinity);
        foreach (var plan in _candidates)
            if (mask[plan] && SplitChain.Latency(_table, plan, observation) is var latency && latency < least)
                (best, least) = (plan, latency);
        return _retreat.Unless(best, mask);
    }
}

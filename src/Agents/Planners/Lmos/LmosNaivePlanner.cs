using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>
/// LMOS' second companion ("optimize" in its authors' code, preference to latency): of the splits below the memory cap the fastest, of equally fast ones the one that
/// uses most memory.
/// </summary>
/// <param name="memoryShare">0.1 M as a share of the memory of the whole model, 0.2 to 0.8.</param>
/// <param name="bits">Width of the numbers sent; the published system sends 32.</param>
public sealed class LmosNaivePlanner(CostModel model, double memoryShare = 0.5, int bits = 32, string name = "lmos-naive") : IConstrainedPolicy
{
    private readonly LmosSplits _splits = new(model, memoryShare, bits);
    private readonly Retreat _retreat = new(model.Table);

    public string Name => name;

    /// <summary>0.1 M.</summary>
    public double MemoryCapBytes => _splits.MemoryCapBytes;

    /// <inheritdoc cref="LmosSplits.Violations"/>
    public IReadOnlyDictionary<string, int> Violations => _splits.Violations;

    public void Begin(int window) { }

    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        if (!_splits.Observe(observation, mask))
            return _retreat.From(mask);
        var latency = _splits.Latency;
        var memory = _splits.Memory;
        var best = -1;
        for (var i = 0; i < _splits.Count; i++)
            if (memory[i] < MemoryCapBytes
                && (best < 0 || latency[i] < latency[best] || (latency[i] == latency[best] && memory[i] > memory[best])))
                best = i;
        return _splits.PlanOrSmallest(best);
    }
}

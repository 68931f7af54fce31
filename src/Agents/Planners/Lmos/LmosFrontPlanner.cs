using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>
/// LMOS' problem, min (latency, -edge memory) under the cap of 0.1 M, with its whole front at the observed rate instead of the one member that the epsilon-constraint
/// method ends at. It plays the front's knee. That a front is worked out is in the paper; the knee as the choice is ours: the paper's text was not at hand.
/// </summary>
public sealed class LmosFrontPlanner : IConstrainedPolicy
{
    private readonly LmosSplits _splits;
    private readonly LatencyMemoryFront _front;
    private readonly Retreat _retreat;

    /// <param name="memoryShare">0.1 M as a share of the memory of the whole model, 0.2 to 0.8.</param>
    /// <param name="bits">Width of the numbers sent; the published system sends 32.</param>
    public LmosFrontPlanner(CostModel model, double memoryShare = 0.5, int bits = 32, string name = "lmos-front")
    {
        Name = name;
        _splits = new LmosSplits(model, memoryShare, bits);
        _front = new LatencyMemoryFront(_splits.Count);
        _retreat = new Retreat(model.Table);
    }

    public string Name { get; }

    /// <summary>0.1 M.</summary>
    public double MemoryCapBytes => _splits.MemoryCapBytes;

    /// <inheritdoc cref="LmosSplits.Violations"/>
    public IReadOnlyDictionary<string, int> Violations => _splits.Violations;

    public void Begin(int window) { }

    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        if (!_splits.Observe(observation, mask))
            return _retreat.From(mask);
        _front.Find(_splits.Latency, _splits.Memory, MemoryCapBytes);
        return _splits.PlanOrSmallest(_front.Knee(_splits.Latency, _splits.Memory));
    }

    /// <summary>The whole front for a request: plans and both objectives, fastest first. Empty where no head is below the cap.</summary>
    public IReadOnlyList<(int Plan, LatencyMemory Objectives)> Front(Observation observation, ReadOnlySpan<bool> mask)
    {
        _splits.Observe(observation, mask);
        _front.Find(_splits.Latency, _splits.Memory, MemoryCapBytes);
        var found = new List<(int, LatencyMemory)>();
        foreach (var split in _front.Members)
            found.Add((_splits.Plan(split), new(_splits.Latency[split], _splits.Memory[split])));
        return found;
    }
}

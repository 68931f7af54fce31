using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>LMOS' epsilon-constraint method on measured latency and memory; see <see cref="EpsilonConstraint"/> and <see cref="LmosSplits"/>.</summary>
public sealed class LmosPlanner : IConstrainedPolicy
{
    private readonly LmosSplits _splits;
    private readonly EpsilonConstraint _method;
    private readonly Retreat _retreat;

    /// <param name="memoryShare">0.1 M as a share of the memory of the whole model, 0.2 to 0.8 for a cap that neither forbids nor allows everything.</param>
    /// <param name="bits">Width of the numbers sent; the published system sends 32.</param>
    public LmosPlanner(CostModel model, double memoryShare = 0.5, int bits = 32, string name = "lmos")
    {
        Name = name;
        _splits = new LmosSplits(model, memoryShare, bits);
        _method = new EpsilonConstraint(_splits.Count);
        _retreat = new Retreat(model.Table);
    }

    public string Name { get; }

    /// <summary>0.1 M.</summary>
    public double MemoryCapBytes => _splits.MemoryCapBytes;

    /// <summary>M, the memory that the edge device is taken to have.</summary>
    public double DeviceMemoryBytes => MemoryCapBytes / 0.1;

    /// <inheritdoc cref="LmosSplits.Violations"/>
    public IReadOnlyDictionary<string, int> Violations => _splits.Violations;

    public void Begin(int window) { }

    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        if (!_splits.Observe(observation, mask))
            return _retreat.From(mask);
        return _splits.PlanOrSmallest(_method.Choose(_splits.Latency, _splits.Memory, MemoryCapBytes));
    }
}

using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>Everything on the device, up to the deepest exit.</summary>
public sealed class LocalPlanner(CostModel model) : IPolicy
{
    private readonly Retreat _retreat = new(model.Table);
    private readonly int _plan = new SplitChain(model.Table).Local;

    public string Name => "local";

    public void Begin(int window) { }

    public int Decide(Observation observation, ReadOnlySpan<bool> mask) => _retreat.Unless(_plan, mask);
}

using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>The input is sent and the server runs everything, up to the deepest exit.</summary>
public sealed class RemotePlanner(CostModel model) : IPolicy
{
    private readonly Retreat _retreat = new(model.Table);
    private readonly int _plan = new SplitChain(model.Table).Remote;

    public string Name => "remote";

    public void Begin(int window) { }

    public int Decide(Observation observation, ReadOnlySpan<bool> mask) => _retreat.Unless(_plan, mask);
}

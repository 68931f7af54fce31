using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>
/// A diagnostic: greedy with the rate that the link has at this moment. On links that stay constant during a transfer that is all there is to
/// know of them; on others the rate changes while a tensor is sent, and knowing it exactly can be worse than staying local.
/// </summary>
public sealed class SlotOraclePlanner(CostModel model, IReadOnlyList<int> candidates) : IPolicy, IForesight
{
    private readonly int[] _candidates = [.. candidates.Where(p => !model.Table.Plans[p].Probe).Order()];
    private readonly Retreat _retreat = new(model.Table);
    private OffloadEnvironment? _world;

    public string Name => "slot-oracle";

    public void Foresee(OffloadEnvironment world) => _world = world;

    public void Begin(int window) { }

    /// <exception cref="InvalidOperationException">Nobody has shown it the world.</exception>
    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        var draw = _world.Known().Draw;
        var rate = draw.Trace.RateAt(draw.Offset + observation.Now) * draw.RateScale;
        var (best, most) = (-1, double.NegativeInfinity);
        foreach (var plan in _candidates)
            if (mask[plan] && model.Predict(plan, observation, rate).Reward is var reward && reward > most)
                (best, most) = (plan, reward);
        return _retreat.Unless(best, mask);
    }
}

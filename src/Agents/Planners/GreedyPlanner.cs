using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>The plan whose expected reward for this request alone is highest, of equals the first: optimal where nothing couples decisions.</summary>
public sealed class GreedyPlanner(CostModel model, IReadOnlyList<int> candidates) : IPolicy
{
    private readonly int[] _candidates = [.. candidates.Order()];
    private readonly Retreat _retreat = new(model.Table);

    public string Name => "greedy";

    public void Begin(int window) { }

    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        var (best, most) = (-1, double.NegativeInfinity);
        foreach (var plan in _candidates)
            if (mask[plan] && model.Predict(plan, observation).Reward is var reward && reward > most)
                (best, most) = (plan, reward);
        return _retreat.Unless(best, mask);
    }
}

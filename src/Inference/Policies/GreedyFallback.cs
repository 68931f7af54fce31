using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Inference.Policies;

/// <summary>What the controller does without its policy: the allowed plan whose expected reward for this request alone is highest.</summary>
public static class GreedyFallback
{
    /// <returns>The first of equals; the first allowed plan where no expectation is a number; 0 where none is allowed.</returns>
    public static int Decide(CostModel model, Observation observation, ReadOnlySpan<bool> mask)
    {
        var best = Math.Max(0, mask.IndexOf(true));
        var most = double.NegativeInfinity;
        for (var p = 0; p < mask.Length; p++)
            if (mask[p] && model.Predict(p, observation).Reward is var reward && reward > most)
                (best, most) = (p, reward);
        return best;
    }
}

using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>
/// Greedy at a low quantile of the rate: rate * exp(-z * spread), the way rate adaptation guards against a link that is slower than expected.
/// The quantile is tuned on training windows; the lognormal form and the spread (<see cref="RateSpread"/>) are guesses.
/// </summary>
public sealed class ConservativePlanner(CostModel model, IReadOnlyList<int> candidates, double z) : IPolicy
{
    /// <summary>Standard normal deviates of the quantiles 45, 40, 30, 20, 10, 5 and 2 %.</summary>
    private static readonly double[] Deviates = [0.1257, 0.2533, 0.5244, 0.8416, 1.2816, 1.6449, 2.0537];

    /// <summary>Quantiles that tuning tries.</summary>
    public const int Trials = 7;

    private readonly int[] _candidates = [.. candidates.Order()];
    private readonly Retreat _retreat = new(model.Table);

    public string Name => "conservative";

    /// <summary>Standard deviations below the expected log rate.</summary>
    public double Z { get; } = z;

    public static ConservativePlanner Tuned(PlannerSetup setup)
    {
        ConservativePlanner Make(double[] c) => new(setup.Model, setup.Candidates, c[0]);
        return Make(ConstantGrid.Best(setup, "conservative", [.. Deviates.Select(z => new[] { z })], Make));
    }

    public void Begin(int window) { }

    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        var rate = observation.Rate * Math.Exp(-Z * RateSpread.Of(observation, model.Scenario));
        var (best, most) = (-1, double.NegativeInfinity);
        foreach (var plan in _candidates)
            if (mask[plan] && model.Predict(plan, observation, rate).Reward is var reward && reward > most)
                (best, most) = (plan, reward);
        return _retreat.Unless(best, mask);
    }
}

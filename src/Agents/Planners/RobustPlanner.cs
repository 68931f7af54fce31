using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>
/// The plan whose expected reward is highest on average over several guesses of the rate, spread about the estimate: the middle of each fifth
/// of a lognormal. Unlike <see cref="ConservativePlanner"/> it also counts what a faster link would bring. The factor on the spread
/// (<see cref="RateSpread"/>) is tuned on training windows.
/// </summary>
public sealed class RobustPlanner(CostModel model, IReadOnlyList<int> candidates, double spread) : IPolicy
{
    /// <summary>Standard normal deviates of 10, 30, 50, 70 and 90 %.</summary>
    private static readonly double[] Deviates = [-1.2816, -0.5244, 0, 0.5244, 1.2816];
    private static readonly double[] Spreads = [0.25, 0.5, 0.75, 1, 1.5, 2, 3];

    /// <summary>Spreads that tuning tries.</summary>
    public const int Trials = 7;

    private readonly int[] _candidates = [.. candidates.Order()];
    private readonly Retreat _retreat = new(model.Table);
    private readonly double[] _rates = new double[Deviates.Length];

    public string Name => "robust";

    /// <summary>Factor on the standard deviation of the log rate.</summary>
    public double Spread { get; } = spread;

    public static RobustPlanner Tuned(PlannerSetup setup)
    {
        RobustPlanner Make(double[] c) => new(setup.Model, setup.Candidates, c[0]);
        return Make(ConstantGrid.Best(setup, "robust", [.. Spreads.Select(s => new[] { s })], Make));
    }

    public void Begin(int window) { }

    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        var deviation = Spread * RateSpread.Of(observation, model.Scenario);
        for (var i = 0; i < _rates.Length; i++)
            _rates[i] = observation.Rate * Math.Exp(deviation * Deviates[i]);
        var (best, most) = (-1, double.NegativeInfinity);
        foreach (var plan in _candidates)
        {
            if (!mask[plan])
                continue;
            var sum = 0.0;
            foreach (var rate in _rates)
                sum += model.Predict(plan, observation, rate).Reward;
            if (sum > most)
                (best, most) = (plan, sum);
        }
        return _retreat.Unless(best, mask);
    }
}

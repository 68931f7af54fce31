using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>What a second of each station is worth to the requests that come later, in reward/s.</summary>
public readonly record struct StationPrices(double Device, double Uplink);

/// <summary>
/// Greedy that pays for the stations it holds: expected reward less a price a second of device and one a second of uplink. Two constants,
/// tuned on training windows, stand for all that a decision does to later ones.
/// </summary>
public sealed class PricedPlanner(CostModel model, IReadOnlyList<int> candidates, StationPrices prices) : IPolicy
{
    private readonly int[] _candidates = [.. candidates.Order()];
    private readonly Retreat _retreat = new(model.Table);

    public string Name => "priced";
    public StationPrices Prices { get; } = prices;

    public static PricedPlanner Tuned(PlannerSetup setup)
    {
        double[] Search() => PriceSearch.Best(setup) is var found ? [found.Device, found.Uplink] : [];
        var constants = setup.Constants is { } cache
            ? cache.GetOrTune(setup.TuningKey("priced"), c => c.Length == 2 && c.All(x => x >= 0), Search)
            : Search();
        return new PricedPlanner(setup.Model, setup.Candidates, new StationPrices(constants[0], constants[1]));
    }

    public void Begin(int window) { }

    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        var (best, most) = (-1, double.NegativeInfinity);
        foreach (var plan in _candidates)
        {
            if (!mask[plan])
                continue;
            var expected = model.Predict(plan, observation);
            var value = expected.Reward - Prices.Device * expected.DeviceSeconds - Prices.Uplink * expected.UplinkSeconds;
            if (value > most)
                (best, most) = (plan, value);
        }
        return _retreat.Unless(best, mask);
    }
}

using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>What a second of each station is worth to the requests that come later, in reward/s.</summary>
public readonly record struct StationPrices(double Device, double Uplink);

/// <summary>
/// Greedy that pays for the stations it holds: expected reward less a price a second of device and one a second of uplink. Two constants,
/// tuned on training windows, stand for all that a decision does to later ones. Under budgets it also pays for the costs that it expects, the more the
/// larger their debts are; what a budget's worth of each is worth is tuned as well.
/// </summary>
/// <param name="worth">Reward that a budget's worth of each cost is taken to be worth, see <see cref="BudgetSpec.Prices"/>; nothing without budgets.</param>
public sealed class PricedPlanner(CostModel model, IReadOnlyList<int> candidates, StationPrices prices, Costs worth = default) : IPolicy
{
    private readonly int[] _candidates = [.. candidates.Order()];
    private readonly BudgetSpec? _budgets = worth == default ? null : model.Scenario.Budgets;
    private readonly Retreat _retreat = new(model.Table);

    public string Name => "priced";
    public StationPrices Prices { get; } = prices;
    public Costs Worth { get; } = worth;

    /// <summary>Most reward on the training windows; with budgets, of the prices that keep them there, and where none do those that exceed them least.</summary>
    public static PricedPlanner Tuned(PlannerSetup setup)
    {
        var length = setup.Model.Scenario.Budgets is null ? 2 : 5;
        double[] Search()
        {
            var (found, worth) = PriceSearch.Best(setup);
            double[] all = [found.Device, found.Uplink, worth.Energy, worth.Misses, worth.AccuracyShortfall];
            return all[..length];
        }
        var constants = setup.Constants is { } cache
            ? cache.GetOrTune(setup.TuningKey("priced"), c => c.Length == length && c.All(x => x >= 0), Search)
            : Search();
        return new PricedPlanner(setup.Model, setup.Candidates, new StationPrices(constants[0], constants[1]),
            length == 2 ? default : new Costs(constants[2], constants[3], constants[4]));
    }

    public void Begin(int window) { }

    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        var (best, most) = (-1, double.NegativeInfinity);
        var costs = _budgets?.Prices(Worth, observation);
        foreach (var plan in _candidates)
        {
            if (!mask[plan])
                continue;
            var expected = model.Predict(plan, observation);
            var value = expected.Reward - Prices.Device * expected.DeviceSeconds - Prices.Uplink * expected.UplinkSeconds;
            if (costs is { } charged)
                value -= model.Costs(expected).At(charged);
            if (value > most)
                (best, most) = (plan, value);
        }
        return _retreat.Unless(best, mask);
    }
}

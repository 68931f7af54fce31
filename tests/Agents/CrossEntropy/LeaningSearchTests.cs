using RlOffload.Agents;
using RlOffload.Agents.CrossEntropy;
using RlOffload.Agents.Planners;
using RlOffload.Agents.Pricing;
using RlOffload.Environment;
using RlOffload.Tests.Agents.Hindsight;

namespace RlOffload.Tests.Agents.CrossEntropy;

public sealed class LeaningSearchTests
{
    private static readonly CrossEntropyOptions Options = new() { Population = 12, Elite = 3, Windows = 2 };
    private static readonly HindsightWorld World = HindsightWorld.Bursts;

    private readonly double[] _measures = new double[2];

    [Fact]
    public void FiftyFourNumbersAreSearched() => Assert.Equal(54, LeaningSearch.Numbers);

    [Fact]
    public void ItMovesWhatIsLinearFromWhereItStandsAndLeavesTheNetworkAlone()
    {
        var pricing = Pricing(World);
        var rng = new Rng(4);
        pricing.Network.Initialise(ref rng);
        pricing.Leaning!.Initialise(ref rng);
        var (network, stood) = (pricing.Network.Parameters.ToDense(), pricing.Leaning.Parameters.ToDense());
        var search = Search(World, pricing, Options with { Spread = 0.03 });
        Play(World, search, pricing, 4);
        Assert.Equal(1, search.Generation);
        var moved = pricing.Leaning.Parameters.ToDense();
        Assert.NotEqual(stood, moved);
        Assert.All(stood.Zip(moved), pair => Assert.Equal(pair.First, pair.Second, 0.03));
        Assert.Equal(network, pricing.Network.Parameters.ToDense());
    }

    [Fact]
    public void AsLongAsNobodyKnowsHowStatesVaryItOnlyLooks()
    {
        var pricing = Pricing(World);
        var search = Search(World, pricing, Options);
        Play(World, search, pricing, 2);
        Assert.Equal((0, true), (search.Generation, pricing.Normaliser.Frozen));
        Assert.All(pricing.Leaning!.Parameters.ToDense(), number => Assert.Equal(0, number));
        Play(World, search, pricing, 2);
        Assert.Equal(1, search.Generation);
    }

    [Fact]
    public void ASecondSearchBeginsWhereTheFirstEndedAndPlaysAtOnce()
    {
        var pricing = Pricing(World);
        Play(World, Search(World, pricing, Options), pricing, 4);
        var stood = pricing.Leaning!.Parameters.ToDense();
        Assert.Contains(stood, number => number != 0);
        var second = Search(World, pricing, Options with { Spread = 1e-6 });
        Play(World, second, pricing, 2);
        Assert.Equal(1, second.Generation);
        Assert.All(stood.Zip(pricing.Leaning.Parameters.ToDense()), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void UnderABudgetThoseThatKeepItComeFirst()
    {
        var free = Mean(World, Pricing(World));
        var budgets = new BudgetSpec(EnergyJoules: 0.7 * free.Costs.Energy);
        var world = HindsightWorld.BurstsUnder(budgets);
        var pricing = Pricing(world);
        var search = Search(world, pricing, new() { Population = 24, Elite = 6, Windows = 4 }, new BudgetKeeper(budgets, world.View.Model));
        Play(world, search, pricing, 60);
        var kept = Mean(world, pricing);
        Assert.True(budgets.Excess(kept.Costs) < 0.1 && budgets.Excess(free.Costs) > 0.3, $"{kept.Costs.Energy} J of {budgets.EnergyJoules}");
    }

    private static PlanPricing Pricing(HindsightWorld world)
    {
        var pricing = new PlanPricing(world.View, [8], clip: 5, leans: true);
        var rng = new Rng(1);
        pricing.Begin(PricedPlanner.Tuned(world.Planners).Prices, world.View.Model.Scenario.Deadlines.Median, ref rng);
        return pricing;
    }

    private static LeaningSearch Search(HindsightWorld world, PlanPricing pricing, CrossEntropyOptions options, BudgetKeeper? budgets = null) =>
        new(world.Setup() with { Budgets = budgets }, options, pricing, () => new PlanPricing(world.View, [8], clip: 5, leans: true));

    private static LearnedPolicy Policy(HindsightWorld world, PlanPricing pricing) =>
        new("mean", new PricingPolicy(pricing, () => throw new InvalidOperationException()), world.View);

    private static (double Reward, Costs Costs) Mean(HindsightWorld world, PlanPricing pricing) =>
        Rollout.Means(() => world.Environment(31), [Policy(world, pricing)], [.. Enumerable.Range(0, 12)])[0];

    /// <summary>The first windows show states to a pricing that has seen none.</summary>
    private void Play(HindsightWorld world, LeaningSearch search, PlanPricing pricing, int windows)
    {
        var (environment, view, policy) = (world.Environment(21), world.View, Policy(world, pricing));
        var (observation, mask) = (new float[view.Size], new bool[view.Actions]);
        for (var w = 0; w < windows; w++)
        {
            environment.Reset(w);
            search.Begin(environment, 0);
            while (!environment.Truncated)
            {
                view.Write(environment.Observation, environment.Mask, observation, mask);
                pricing.Normaliser.Observe(observation.AsSpan(0, pricing.State));
                environment.Step(policy.Decide(environment.Observation, environment.Mask));
            }
            search.End((double)w / windows, _measures);
        }
    }
}

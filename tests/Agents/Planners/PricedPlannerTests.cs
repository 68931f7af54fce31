using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Tests.Agents.Planners;

public sealed class PricedPlannerTests
{
    [Fact]
    public void WithZeroPricesItIsGreedy()
    {
        var rng = new Rng(2);
        for (var world = 0ul; world < 40; world++)
        {
            var model = RandomWorld.Model(world);
            var candidates = RandomWorld.Setup(model).Candidates;
            IPolicy priced = new PricedPlanner(model, candidates, default), greedy = new GreedyPlanner(model, candidates);
            for (var round = 0; round < 20; round++)
            {
                var o = RandomWorld.Observation(ref rng);
                var mask = RandomWorld.Mask(model.Table.Plans, ref rng, 0.8);
                Assert.Equal(greedy.Decide(o, mask), priced.Decide(o, mask));
            }
        }
    }

    [Fact]
    public void AHighPriceKeepsTheStationFree()
    {
        var rng = new Rng(5);
        var model = RandomWorld.Small();
        var candidates = RandomWorld.Setup(model).Candidates;
        for (var round = 0; round < 50; round++)
        {
            var o = RandomWorld.Observation(ref rng);
            var mask = RandomWorld.AllAllowed(model.Table.Plans);
            Assert.Equal(0, model.Predict(new PricedPlanner(model, candidates, new(1e6, 0)).Decide(o, mask), o).DeviceSeconds);
            Assert.Equal(0, model.Predict(new PricedPlanner(model, candidates, new(0, 1e6)).Decide(o, mask), o).UplinkSeconds);
        }
    }

    [Fact]
    public void TunedPricesEarnMoreThanGreedyInBursts()
    {
        var setup = RandomWorld.Setup(RandomWorld.Small()) with { TrainingWindows = [0, 1, 2, 3, 4, 5] };
        var rewards = Rollout.MeanRewards(setup.Training,
            [new GreedyPlanner(setup.Model, setup.Candidates), PricedPlanner.Tuned(setup)], setup.TrainingWindows);
        Assert.True(rewards[1] > rewards[0] + 0.02, $"priced earns {rewards[1]} a request, greedy {rewards[0]}");
    }

    [Fact]
    public void TuningBeatsEveryPointOfAnotherGridAndDoesNotDependOnThreads()
    {
        var setup = RandomWorld.Setup(RandomWorld.Model(8)) with { TrainingWindows = [0, 1] };
        var tuned = PricedPlanner.Tuned(setup);
        double[] prices = [0, 0.03, 0.1, 0.3, 1, 3];
        IPolicy[] others = [.. prices.SelectMany(d => prices.Select(u => new PricedPlanner(setup.Model, setup.Candidates, new(d, u)))), tuned];
        var rewards = Rollout.MeanRewards(setup.Training, others, setup.TrainingWindows);
        // The other grid's points lie between the search's: it may miss a little, never much.
        Assert.True(rewards[^1] >= rewards.Max() - 0.003, $"tuned to {rewards[^1]}, a coarse grid finds {rewards.Max()}");
        Assert.Equal(tuned.Prices, PricedPlanner.Tuned(setup with { Threads = 2 }).Prices);
    }

    [Fact]
    public void TheDearerACostTheLessOfItIsSpentAndDebtsMakeItDearer()
    {
        var rng = new Rng(7);
        var plain = RandomWorld.Small();
        var scenario = plain.Scenario with { Budgets = new BudgetSpec(EnergyJoules: 0.2) };
        var model = new CostModel(new CostTable(plain.Table.Profile, plain.Table.Plans, scenario), scenario);
        var candidates = RandomWorld.Setup(model).Candidates;
        var mask = RandomWorld.AllAllowed(model.Table.Plans);
        var cheaper = 0;
        for (var round = 0; round < 50; round++)
        {
            var o = RandomWorld.Observation(ref rng);
            double Energy(double worth) => model.Predict(new PricedPlanner(model, candidates, default, new Costs(worth, 0, 0)).Decide(o, mask), o).Energy;
            o.EnergyDebt = 0;
            var (free, dear) = (Energy(0), Energy(0.1));
            o.EnergyDebt = 40;
            var indebted = Energy(0.1);
            Assert.Equal(free, Energy(0));
            Assert.True(free >= dear && dear >= indebted);
            cheaper += free > dear && dear > indebted ? 1 : 0;
            Assert.Equal(0, Energy(1e6));
        }
        Assert.True(cheaper > 2, $"cheaper both times in {cheaper} of 50 rounds");
    }

    [Theory]
    [InlineData(0.75, double.PositiveInfinity)]
    [InlineData(double.PositiveInfinity, 0.92)]
    public void UnderABudgetItKeepsItAtLittleLoss(double energy, double shortfall)
    {
        var free = RandomWorld.Setup(RandomWorld.Small()) with { TrainingWindows = [0, 1, 2, 3] };
        var unbound = Rollout.Means(free.Training, [PricedPlanner.Tuned(free)], free.TrainingWindows)[0];
        var budgets = new BudgetSpec(energy * unbound.Costs.Energy, AccuracyShortfall: shortfall * unbound.Costs.AccuracyShortfall);
        var bound = Under(budgets);
        var (priced, fixedPlan) = (PricedPlanner.Tuned(bound), StaticPlanner.Tuned(bound));
        var means = Rollout.Means(bound.Training, [priced, fixedPlan], bound.TrainingWindows);
        Assert.True(budgets.Excess(means[0].Costs) <= 0, $"{means[0].Costs} at {priced.Worth} and {priced.Prices} under {budgets}");
        // The best fixed plan sees no queue, but of a handful of windows it can be the luckier one.
        Assert.True(means[0].Reward > means[1].Reward - 0.02 || budgets.Excess(means[1].Costs) > 0, $"{means[0].Reward}, best fixed plan {means[1].Reward}");
        Assert.Equal(priced.Worth, PricedPlanner.Tuned(bound with { Threads = 2 }).Worth);

        var loose = PricedPlanner.Tuned(Under(new(EnergyJoules: 1000)));
        Assert.Equal(PricedPlanner.Tuned(free).Prices, loose.Prices);
        Assert.Equal(default, loose.Worth);

        PlannerSetup Under(BudgetSpec budgets)
        {
            var scenario = free.Model.Scenario with { Budgets = budgets };
            var model = new CostModel(new CostTable(free.Model.Table.Profile, free.Model.Table.Plans, scenario), scenario);
            return RandomWorld.Setup(model) with { TrainingWindows = free.TrainingWindows };
        }
    }

    [Fact]
    public void RememberedPricesAreUsedAndNonsenseIsTunedAgain()
    {
        using var folder = new TemporaryFolder();
        var setup = RandomWorld.Setup(RandomWorld.Small()) with { TrainingWindows = [0] };
        var tuned = PricedPlanner.Tuned(setup).Prices;
        var cached = setup with { Constants = new TunedConstants(folder.Root, "a") };
        Assert.Equal(tuned, PricedPlanner.Tuned(cached).Prices);
        var never = setup with { Constants = new TunedConstants(folder.Root, "a"), Training = () => throw new InvalidOperationException("tuned again") };
        Assert.Equal(tuned, PricedPlanner.Tuned(never).Prices);
        new TunedConstants(folder.Root, "b").GetOrTune(setup.TuningKey("priced"), _ => true, () => [-1, 2]);
        Assert.Equal(tuned, PricedPlanner.Tuned(setup with { Constants = new TunedConstants(folder.Root, "b") }).Prices);
    }
}

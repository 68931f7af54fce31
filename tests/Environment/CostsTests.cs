using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Tests.Environment.Simulation;

namespace RlOffload.Tests.Environment;

public sealed class CostsTests
{
    private static readonly Scenario World = TestWorld.Scenario with { Budgets = new BudgetSpec(0.1, 0.25, 0.05) };

    [Fact]
    public void ADebtBeginsWhenTheDeviceKnowsTheCostAndARequestArrives()
    {
        var t = new Timeline(World);
        t.At(0, "local@1"); // 0.1 s at 3 W, 60 % instead of 90 %
        Assert.Equal((0, 0, 0), Debts(t.Look(0.05)));
        t.At(0.05, "drop");
        Assert.Equal((0, 0, 0), Debts(t.Look(0.05))); // what is dropped now counts at the next request
        t.At(0.2, "drop");
        var (energy, miss, accuracy) = Debts(t.Look(0.2));
        Assert.Equal((0.3 - 0.1) / 0.1, energy, 9);
        Assert.Equal((1 - 0.25) / 0.25, miss, 9);
        Assert.Equal((0.9 + 0.3 - 0.05) / 0.05, accuracy, 9);
    }

    [Fact]
    public void TheCostsOfAWindowAreTheSumOverItsSteps()
    {
        var environment = TestWorld.Environment(World);
        environment.Reset(2);
        var policy = new RandomPolicy(5);
        policy.Begin(2);
        var sum = new Costs();
        while (!environment.Truncated)
        {
            var step = environment.Step(policy.Decide(environment.Observation, environment.Mask));
            sum += new Costs(step.Energy, step.Misses, step.AccuracyShortfall);
        }
        var total = environment.TotalCosts;
        Assert.Equal(sum.Energy, total.Energy, 9);
        Assert.Equal(sum.Misses, total.Misses);
        Assert.Equal(sum.AccuracyShortfall, total.AccuracyShortfall, 9);
        Assert.True(total.Misses > 0);
    }

    [Fact]
    public void WhetherAnAnswerIsRightIsNotSeen()
    {
        // Two worlds that differ only in what the exits said about the images.
        var sure = Play(World);
        var lucky = Play(World with { Reward = World.Reward with { Accuracy = AccuracySource.Images } });
        Assert.NotEqual(sure.Reward, lucky.Reward);
        Assert.Equal(sure.Debts, lucky.Debts);
        Assert.Contains(sure.Debts, d => d.Item3 > 0);

        static (double Reward, List<(double, double, double)> Debts) Play(Scenario scenario)
        {
            var model = new CostModel(new CostTable(GatedWorld.Profile, PlanTable.Of(GatedWorld.Profile, [8], probe: false), scenario), scenario);
            var environment = new OffloadEnvironment(model, TestWorld.Varying(), TestWorld.Seed);
            var debts = new List<(double, double, double)>();
            environment.Play(0, new RandomPolicy(1), e => debts.Add(Debts(e.Observation)));
            return (environment.TotalReward, debts);
        }
    }

    [Fact]
    public void ExpectedCostsAreThoseOfThePrediction()
    {
        var model = TestWorld.Model(World);
        Assert.Equal(0.9, model.BestAccuracy);
        var o = new Observation { Deadline = 0.6, Rate = 1e6, Rtt = 0.04, ServerLoad = 1, Slowdown = 1 };
        for (var p = 0; p < model.Count; p++)
        {
            var expected = model.Predict(p, o);
            var costs = model.Costs(expected);
            Assert.Equal(expected.Energy, costs.Energy);
            Assert.Equal(0.9 - expected.Accuracy, costs.AccuracyShortfall, 12);
            Assert.Equal(model.Table.Plans[p].Kind == PlanKind.Drop ? 1 : 0, costs.Misses);
        }
    }

    [Fact]
    public void CostsAreDearerWhileThereAreDebts()
    {
        var budgets = new BudgetSpec(EnergyJoules: 2, MissRate: 0.25);
        Assert.Equal(new Costs(0.25, 3, 0), budgets.Prices(new(0.5, 0.75, 0), new Observation()));
        Assert.Equal(new Costs(0.5, 6, 0), budgets.Prices(new(0.5, 0.75, 0), new Observation { EnergyDebt = 10, MissDebt = 10, AccuracyDebt = 10 }));
    }

    [Fact]
    public void ABudgetIsBrokenByMoreThanTheTolerance()
    {
        var budgets = new BudgetSpec(EnergyJoules: 2, MissRate: 0.1);
        Assert.Empty(budgets.Broken(new Costs(2.019, 0.1, 1)));
        Assert.Equal(["budgets.energy_j_per_request"], budgets.Broken(new Costs(2.021, 0.1, 1)));
        Assert.Equal(["budgets.energy_j_per_request", "budgets.miss_rate"], budgets.Broken(new Costs(3, 0.2, 1)));
        Assert.Equal(1, budgets.Excess(new Costs(3, 0.2, 1)), 12);
        Assert.Equal(-0.5, budgets.Excess(new Costs(1, 0.01, 1)), 12);
    }

    private static (double, double, double) Debts(Observation o) => (o.EnergyDebt, o.MissDebt, o.AccuracyDebt);
}

using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents.Planners;

public sealed class StaticPlannerTests
{
    [Fact]
    public void ItsPlanEarnsMostOfAllCandidatesOnTheTrainingWindows()
    {
        var setup = RandomWorld.Setup(RandomWorld.Small());
        var environment = setup.Training();
        double Earned(int plan) => setup.TrainingWindows.Sum(window =>
        {
            environment.Reset(window);
            while (!environment.Truncated)
                environment.Step(plan);
            return environment.TotalReward;
        });
        var best = setup.Candidates.MaxBy(Earned);
        Assert.Equal(best, StaticPlanner.Tuned(setup).Plan);
        Assert.Equal(best, StaticPlanner.Tuned(setup with { Threads = 2 }).Plan);
    }

    [Fact]
    public void UnderABudgetItEarnsMostOfThePlansThatKeepIt()
    {
        var free = RandomWorld.Setup(RandomWorld.Small());
        var plans = free.Candidates.Select(p => new StaticPlanner(free.Model, p)).ToArray();
        var means = Rollout.Means(free.Training, plans, free.TrainingWindows);
        var unbound = StaticPlanner.Tuned(free).Plan;
        var budget = 0.8 * means[Array.FindIndex(plans, p => p.Plan == unbound)].Costs.Energy;
        StaticPlanner Under(BudgetSpec budgets)
        {
            var scenario = free.Model.Scenario with { Budgets = budgets };
            return StaticPlanner.Tuned(RandomWorld.Setup(new CostModel(new CostTable(free.Model.Table.Profile, free.Model.Table.Plans, scenario), scenario)));
        }
        var keep = Enumerable.Range(0, plans.Length).Where(i => means[i].Costs.Energy <= budget).ToArray();
        Assert.InRange(keep.Length, 1, plans.Length - 1);
        Assert.Equal(plans[keep.MaxBy(i => means[i].Reward)].Plan, Under(new(EnergyJoules: budget)).Plan);
        Assert.Equal(unbound, Under(new(EnergyJoules: 1000)).Plan);
        // Where none keeps it, the one that exceeds it least.
        Assert.Equal(plans[Enumerable.Range(0, plans.Length).MinBy(i => means[i].Costs.Energy)].Plan, Under(new(EnergyJoules: 1e-9)).Plan);
    }

    [Fact]
    public void OnALinkThatCarriesNothingItKeepsEverythingLocal()
    {
        var model = RandomWorld.Small();
        var setup = RandomWorld.Setup(model, TestWorld.Constant(100));
        Assert.StartsWith("local", model.Table.Plans[StaticPlanner.Tuned(setup).Plan].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ItsPlanIsRemembered()
    {
        using var folder = new TemporaryFolder();
        var setup = RandomWorld.Setup(RandomWorld.Small()) with { Constants = new TunedConstants(folder.Root, "a") };
        var plan = StaticPlanner.Tuned(setup).Plan;
        Assert.Equal(plan, StaticPlanner.Tuned(setup with
        {
            Constants = new TunedConstants(folder.Root, "a"), Training = () => throw new InvalidOperationException("tuned again"),
        }).Plan);
    }

    [Fact]
    public void WhereThePlanIsForbiddenTheMostAccurateLocalOneTakesItsPlace()
    {
        var model = RandomWorld.Small();
        var rng = new Rng(1);
        var planner = new StaticPlanner(model, RandomWorld.Plan(model, "remote@3"));
        var mask = RandomWorld.AllAllowed(model.Table.Plans);
        string Next() => model.Table.Plans[planner.Decide(RandomWorld.Observation(ref rng), mask)].ToString();
        foreach (var expected in new[] { "remote@3", "local@3", "local@2", "local@1", "drop" })
        {
            Assert.Equal(expected, Next());
            mask[RandomWorld.Plan(model, expected)] = false;
        }
    }
}

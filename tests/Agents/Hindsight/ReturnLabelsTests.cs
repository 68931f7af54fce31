using RlOffload.Agents;
using RlOffload.Agents.Hindsight;
using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents.Hindsight;

public sealed class ReturnLabelsTests
{
    [Fact]
    public void EachPlanIsWorthWhatStepsUnderItWouldHaveBroughtWithinTheHorizon()
    {
        var world = HindsightWorld.Bursts;
        var (environment, stepped) = (world.Environment(1), world.Environment(1));
        var labels = new ReturnLabels(environment, horizon: 3, budgets: null);
        Assert.Equal(-1, labels.Required());
        environment.Reset(2);
        int[] played = [1, 4, 6], plans = [0, 3, 7];
        foreach (var plan in played)
            environment.Step(plan);
        var found = new float[3];
        labels.Write(plans, new GreedyPlanner(environment.Model, world.Plans), found, []);
        for (var i = 0; i < plans.Length; i++)
        {
            stepped.Reset(2);
            foreach (var plan in played)
                stepped.Step(plan);
            var from = stepped.TotalReward;
            var greedy = new GreedyPlanner(stepped.Model, world.Plans);
            stepped.Step(plans[i]);
            for (var h = 0; h < 3; h++)
                stepped.Step(greedy.Decide(stepped.Observation, stepped.Mask));
            Assert.Equal((float)(stepped.TotalReward - from), found[i]);
        }
    }

    [Fact]
    public void UnderBudgetsWhatIsSpentIsToldBesideWhatIsEarned()
    {
        var scenario = TestWorld.Scenario with { Budgets = new BudgetSpec(EnergyJoules: 0.1, MissRate: 0.05) };
        var environment = TestWorld.Environment(scenario);
        var keeper = new BudgetKeeper(scenario.Budgets!, environment.Model);
        environment.Reset(0);
        var (label, charges) = (new float[1], new float[BudgetKeeper.Charges]);
        var greedy = new GreedyPlanner(environment.Model, [0, 1, 2, 3]);
        int[] plan = [TestWorld.Plan(environment, "local@3")];
        new ReturnLabels(environment, 2, keeper).Write(plan, greedy, label, charges);
        var (reward, costs) = new Counterfactual(environment).RollOn(plan[0], greedy, 2);
        Assert.Equal((float)reward, label[0]);
        Assert.True(costs.Energy > 0);
        var weights = keeper.Weights(environment.Observation);
        Assert.Equal([(float)(costs.Energy * weights.Energy), (float)(costs.Misses * weights.Misses), 0], charges);
    }
}

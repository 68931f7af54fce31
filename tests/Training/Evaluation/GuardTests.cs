using RlOffload.Agents;
using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Training;
using RlOffload.Training.Evaluation;

namespace RlOffload.Tests.Training.Evaluation;

public sealed class GuardTests
{
    [Fact]
    public void ItDeploysTheBetterOfAgentAndPlannersOnWindowsThatChoseNoCheckpoint()
    {
        using var config = new TestConfig();
        var world = config.World();
        var untrained = TrainingLoop.Of(world).Best;
        var contestants = new Evaluator(world, null, 1).Contestants;
        var view = new AgentView(world.CostModel, world.Choices);
        // An agent that is the planner itself ties with it, and an agent that ties is deployed.
        var prices = PricedPlanner.Tuned(world.Planners(null, 1)).Prices;
        var verdicts = Guard.Of(world, contestants, [untrained, new LearnedPolicy("sac", new PricedPolicy(view, prices), view)], 1, null, CancellationToken.None);
        Assert.All(verdicts, v => Assert.Equal(["sac", "priced", "mpc", "probe-rule"], v.Merits.Keys));
        Assert.All(verdicts, v => Assert.Equal(4, v.Windows));
        Assert.NotEqual("sac", verdicts[0].Deploys);
        Assert.Equal(verdicts[0].Merits[verdicts[0].Deploys], verdicts[0].Merits.Values.Max());
        Assert.Equal(verdicts[1].Merits["priced"], verdicts[1].Merits["sac"]);
        Assert.Equal(verdicts[1].Merits.Values.Max() > verdicts[1].Merits["sac"], verdicts[1].Deploys != "sac");
        var tuning = world.Tuning.Environment(world.CostModel);
        var mean = Enumerable.Range(WindowNumbers.Guard, 4).Average(w => Rollout.Play(tuning, untrained, w)) / world.Scenario.Requests;
        Assert.Equal(mean, verdicts[0].Merits["sac"], 1e-12);
        Assert.StartsWith($"guard: {verdicts[0].Deploys} is what", Guard.Sentence(verdicts[0]), StringComparison.Ordinal);
    }

    [Fact]
    public void UnderBudgetsWhoExceedsThemIsWorthLessThanWhoKeepsThem()
    {
        using var config = new TestConfig();
        var world = config.World("budgets={energy_j_per_request: 0.000001}");
        var verdict = Guard.Of(world, new Evaluator(world, null, 1).Contestants, [TrainingLoop.Of(world).Best], 1, null, CancellationToken.None)[0];
        Assert.True(verdict.Merits["sac"] < world.CostModel.Reward(inTime: false, 0, 1, 1));
        Assert.NotEqual("sac", verdict.Deploys);
    }
}

using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Runs;
using RlOffload.Tests.Environment;
using RlOffload.Training;

namespace RlOffload.Tests.Inference.Runs;

public class SimulatedTwinTests
{
    [Fact]
    public void ItPlaysTheGivenPlansInTheWindowThatWasPlayed()
    {
        var environment = TestWorld.Environment();
        environment.Reset(0);
        int[] plans = [.. Enumerable.Range(0, environment.Model.Scenario.Requests).Select(i => i % environment.Actions)];
        foreach (var plan in plans)
            environment.Step(plan);
        var twin = SimulatedTwin.Play(environment.Model, TestWorld.Varying(), TestWorld.Seed, [.. plans.Select(p => (p, -1))]);
        Assert.Equal(plans, twin.Select(o => o.Plan));
        Assert.Equal(Enumerable.Range(0, plans.Length), twin.Select(o => o.Request));
        Assert.Equal(environment.TotalReward, twin.Sum(o => o.Reward), 1e-9);
    }

    [Fact]
    public void EachRequestGetsAnImageThatGoesTheWayThatWasGone()
    {
        var world = Experiment.Load(Repository.At("configs/quickstart.yaml"), []).Build();
        var model = world.CostModel;
        var plan = world.Choices.First(p => model.Table.Plans[p].Kind == PlanKind.Local && !model.Table.Ways(p).IsEmpty);
        var ways = model.Table.Ways(plan).ToArray();
        var (early, late) = (ways[0].Exit, ways[^1].Exit);
        var seed = world.Test.Seed;
        var leaving = SimulatedTwin.Play(model, world.Test.Links, seed, [.. Enumerable.Repeat((plan, 0), model.Scenario.Requests)]);
        var staying = SimulatedTwin.Play(model, world.Test.Links, seed, [.. Enumerable.Repeat((plan, ways.Length - 1), model.Scenario.Requests)]);
        var answered = leaving.Where(o => o.Kind == OutcomeKind.Answered).ToList();
        Assert.NotEmpty(answered);
        Assert.All(answered, o => Assert.Equal(early, o.Exit));
        Assert.All(staying.Where(o => o.Kind == OutcomeKind.Answered), o => Assert.Equal(late, o.Exit));
        Assert.True(leaving.Sum(o => o.Reward) != staying.Sum(o => o.Reward));
    }
}

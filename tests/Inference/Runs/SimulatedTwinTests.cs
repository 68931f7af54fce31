using RlOffload.Inference.Runs;
using RlOffload.Tests.Environment;

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
        var twin = SimulatedTwin.Play(environment.Model, TestWorld.Varying(), TestWorld.Seed, plans);
        Assert.Equal(plans, twin.Select(o => o.Plan));
        Assert.Equal(Enumerable.Range(0, plans.Length), twin.Select(o => o.Request));
        Assert.Equal(environment.TotalReward, twin.Sum(o => o.Reward), 1e-9);
    }
}

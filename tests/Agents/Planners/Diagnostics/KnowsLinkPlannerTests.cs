using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Planners.Diagnostics;

public sealed class KnowsLinkPlannerTests
{
    [Fact]
    public void WhereTheLinkIsUncertainKnowingItEarnsMore()
    {
        var setup = RandomWorld.Setup(RandomWorld.Small());
        int[] others = [.. Enumerable.Range(6, 16)];
        var rewards = Rollout.MeanRewards(setup.Training, [MpcPlanner.Tuned(setup), KnowsLinkPlanner.Tuned(setup)], others);
        Assert.True(rewards[1] > rewards[0] + 0.02, $"knows-link earns {rewards[1]} a request, mpc {rewards[0]}");
    }

    [Fact]
    public void ArrivalsAndDeadlinesToComeChangeNothing()
    {
        var model = RandomWorld.Small();
        var knows = new KnowsLinkPlanner(model, RandomWorld.Setup(model).Candidates, new(0.3, 0.3), new(4, 1, 1, 1));
        var environment = RandomWorld.Setup(model).Training();
        Rollout.Begin(environment, knows, 1);
        for (var request = 0; request < 20; request++)
        {
            var plan = knows.Decide(environment.Observation, environment.Mask);
            var (arrivals, deadlines) = (environment.Draw.ArrivalTimes.ToArray(), environment.Draw.Deadlines.ToArray());
            for (var i = request + 1; i < arrivals.Length; i++)
                (environment.Draw.ArrivalTimes[i], environment.Draw.Deadlines[i]) = (arrivals[i] + 5, 9);
            Assert.Equal(plan, knows.Decide(environment.Observation, environment.Mask));
            arrivals.CopyTo(environment.Draw.ArrivalTimes, 0);
            deadlines.CopyTo(environment.Draw.Deadlines, 0);
            environment.Step(plan);
        }
    }
}

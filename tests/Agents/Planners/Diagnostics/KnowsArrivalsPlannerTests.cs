using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents.Planners.Diagnostics;

public sealed class KnowsArrivalsPlannerTests
{
    /// <summary>On a link that is what it is expected to be, only the arrivals are left to know.</summary>
    [Fact]
    public void InBurstsKnowingThemEarnsMore()
    {
        var setup = RandomWorld.Setup(RandomWorld.Small(), TestWorld.Constant());
        int[] others = [.. Enumerable.Range(6, 16)];
        var rewards = Rollout.MeanRewards(setup.Training, [MpcPlanner.Tuned(setup), KnowsArrivalsPlanner.Tuned(setup)], others);
        Assert.True(rewards[1] > rewards[0] + 0.02, $"knows-arrivals earns {rewards[1]} a request, mpc {rewards[0]}");
    }

    [Fact]
    public void TheLinkToComeChangesNothing()
    {
        const int change = 4;
        var model = RandomWorld.Small();
        int[] Plans(double later)
        {
            double[] starts = [.. Enumerable.Range(0, 60).Select(s => (double)s)];
            var links = TestWorld.Traces(RttModel.Constant(40), LinkTrace.FromSamples("t", starts, [.. starts.Select(s => s < change ? 3e5 * (1 + s % 3) : later)], 60));
            var environment = new OffloadEnvironment(model, links, TestWorld.Seed);
            var knows = new KnowsArrivalsPlanner(model, RandomWorld.Setup(model).Candidates, new(0.3, 0.3), new(6, 1, 0.75, 1));
            var plans = new List<int>();
            Rollout.Begin(environment, knows, 1);
            while (environment.Observation.Now <= change)
            {
                plans.Add(knows.Decide(environment.Observation, environment.Mask));
                environment.Step(plans[^1]);
            }
            return [.. plans];
        }
        var plans = Plans(2e4);
        Assert.InRange(plans.Length, 10, 50);
        Assert.Equal(plans, Plans(2e7));
    }
}

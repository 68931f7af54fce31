using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents.Planners.Diagnostics;

public sealed class KnowsArrivalsPlannerTests
{
    /// <summary>Requests come in pairs, for which the device has time for one deep exit or for a shallow and a middle one.</summary>
    [Fact]
    public void ItKeepsTheDeviceForARequestThatItKnowsToComeSoon()
    {
        var model = RandomWorld.Small(TestWorld.Scenario with
        {
            Arrivals = new(ArrivalKind.Recorded, MeanGap: 1, Recorded: [.. Enumerable.Range(0, 60).Select(i => i / 2 * 2 + i % 2 * 0.05)]),
            Deadlines = new(Median: 0.31, Spread: 0),
        });
        int[] candidates = [RandomWorld.Plan(model, "local@1"), RandomWorld.Plan(model, "local@2"), RandomWorld.Plan(model, "local@3"), RandomWorld.Plan(model, "drop")];
        var constants = new MpcConstants(6, 1, 1, 1);
        var rewards = Rollout.MeanRewards(RandomWorld.Setup(model, TestWorld.Constant()).Training,
            [new MpcPlanner(model, candidates, default, constants), new KnowsArrivalsPlanner(model, candidates, default, constants)], [0, 1, 2, 3]);
        Assert.True(rewards[1] > rewards[0] + 0.1, $"knows-arrivals earns {rewards[1]} a request, mpc {rewards[0]}");
        // 0.6 + 0.8 a pair, less the latency terms.
        Assert.InRange(rewards[1], 0.6, 0.7);
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

using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents.Planners;

public sealed class ProbeRulePlannerTests
{
    [Fact]
    public void ItIsPricedButProbesBesideALocalPlanWhenKnowledgeIsOldAndTheUplinkIdle()
    {
        var rng = new Rng(3);
        var model = RandomWorld.Small();
        var (plans, candidates) = (model.Table.Plans, RandomWorld.Setup(model).Candidates);
        var prices = new StationPrices(0.3, 0.1);
        IPolicy rule = new ProbeRulePlanner(model, candidates, prices, age: 5), priced = new PricedPlanner(model, candidates, prices);
        var mask = RandomWorld.AllAllowed(plans);
        var probes = 0;
        for (var round = 0; round < 500; round++)
        {
            var o = RandomWorld.Observation(ref rng);
            o.RateAge = 10 * rng.NextDouble();
            var (chosen, without) = (plans[rule.Decide(o, mask)], plans[priced.Decide(o, mask)]);
            var due = without.Kind == PlanKind.Local && o.RateAge >= 5 && o.UplinkBacklogBytes + o.PendingBytes == 0;
            probes += due ? 1 : 0;
            Assert.Equal(due ? without with { Probe = true } : without, chosen);
        }
        Assert.InRange(probes, 10, 400);
    }

    /// <summary>The trap of every planner that never probes: a link that looked slow once is never looked at again.</summary>
    [Fact]
    public void OnALinkThatIsBetterThanExpectedItFindsOut()
    {
        var scenario = TestWorld.Scenario with
        {
            Uplink = TestWorld.Scenario.Uplink with { PriorBitsPerSecond = 5e4 },
            Arrivals = new(ArrivalKind.Periodic, MeanGap: 1),
            Deadlines = new(Median: 0.25, Spread: 0),
        };
        var setup = RandomWorld.Setup(RandomWorld.Small(scenario), TestWorld.Constant(2e7, rttMs: 20));
        var rule = ProbeRulePlanner.Tuned(setup);
        var rewards = Rollout.MeanRewards(setup.Training, [PricedPlanner.Tuned(setup), rule], [5, 6]);
        Assert.True(rewards[1] > rewards[0] + 0.05, $"probe-rule earns {rewards[1]} a request, priced {rewards[0]}");
    }
}

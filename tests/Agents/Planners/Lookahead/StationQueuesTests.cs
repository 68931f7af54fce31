using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents.Planners.Lookahead;

public sealed class StationQueuesTests
{
    private static LinkForecast At(double rate)
    {
        var link = new LinkForecast();
        link.Expect(rate);
        return link;
    }

    [Fact]
    public void ThePresentRequestIsServedAsTheCostModelPredicts()
    {
        var rng = new Rng(21);
        for (var world = 0ul; world < 10; world++)
        {
            var model = RandomWorld.Model(world);
            for (var round = 0; round < 30; round++)
            {
                var o = RandomWorld.Observation(ref rng);
                o.PendingBytes = 0; // the cost model does not say when they are ready
                var link = At(o.Rate);
                for (var plan = 0; plan < model.Count; plan++)
                {
                    var (expected, queues) = (model.Predict(plan, o), StationQueues.Of(o, link, Promise.None));
                    var reward = queues.Serve(model, plan, 0, o.Deadline, o, o.Rtt, link);
                    // A branch that comes while the device is busy comes too late.
                    var lost = expected.Kind == OutcomeKind.Fallback && reward < 0;
                    Assert.Equal(lost ? model.Reward(false, 0, 1, 1) : expected.Reward, reward, 9);
                    Assert.True(!lost || o.DeviceBacklog > 0 || model.Table[plan].DeviceSeconds > 0);
                }
            }
        }
    }

    [Fact]
    public void WithoutShortcutsAndFallbacksAWindowEarnsWhatTheEnvironmentSays()
    {
        var (model, environment) = Steady();
        int[] plans = [RandomWorld.Plan(model, "cut1@3/8b"), RandomWorld.Plan(model, "local@2"), RandomWorld.Plan(model, "cut2@2/4b"), RandomWorld.Plan(model, "drop")];
        Assert.Equal(Simulated(environment, plans, 3), Modelled(model, environment, plans, 3), 9);
    }

    /// <summary>The model sees one head that is not ready, the environment all of them.</summary>
    [Fact]
    public void TransfersThatGoBeforeHeadsAreNearlyRight()
    {
        var (model, environment) = Steady();
        int[] plans = [RandomWorld.Plan(model, "cut2@3/8b"), RandomWorld.Plan(model, "remote@3"), RandomWorld.Plan(model, "local@1")];
        for (var window = 0; window < 5; window++)
            Assert.Equal(Simulated(environment, plans, window) / 60, Modelled(model, environment, plans, window) / 60, 0.002);
    }

    [Fact]
    public void WhatIsLeftOnTheUplinkIncludesWhatTheDeviceStillWorksOn()
    {
        var link = At(8e5);
        var o = new Observation { DeviceBacklog = 0.2, UplinkBacklogBytes = 10_000, PendingBytes = 5_000, Rate = 8e5, Slowdown = 1 };
        Assert.Equal(0.25, StationQueues.Of(o, link, Promise.None).UplinkFree(link), 12);
        o.UplinkBacklogBytes = 30_000;
        Assert.Equal(0.35, StationQueues.Of(o, link, Promise.None).UplinkFree(link), 12);
    }

    [Fact]
    public void ATransferThatGoesBeforeAHeadPaysForTheAnswerItMakesLate()
    {
        var model = RandomWorld.Small();
        var (head, input) = (RandomWorld.Plan(model, "cut2@3/8b"), RandomWorld.Plan(model, "remote@3"));
        var (link, o) = (At(1e6), new Observation { Rate = 1e6, Slowdown = 1, ServerLoad = 1, Rtt = 0.04 });
        double Second(double deadline, out double alone)
        {
            var queues = StationQueues.Of(o, link, Promise.None);
            alone = queues.Serve(model, input, 0.01, 0.5, o, 0.04, link);
            queues = StationQueues.Of(o, link, Promise.None);
            queues.Serve(model, head, 0, deadline, o, 0.04, link);
            return queues.Serve(model, input, 0.01, 0.5, o, 0.04, link);
        }
        Assert.Equal(alone(0.6), Second(0.6, out var free), 9);
        Assert.True(Second(0.29, out free) < free - 0.8);
        double alone(double deadline) { Second(deadline, out var reward); return reward; }
    }

    /// <summary>Deadlines that nothing misses, on a link and with a server that stay as they are.</summary>
    private static (CostModel, OffloadEnvironment) Steady()
    {
        var model = RandomWorld.Small(TestWorld.Scenario with { Deadlines = new(Median: 1000, Spread: 0) });
        return (model, new OffloadEnvironment(model, TestWorld.Constant(), TestWorld.Seed));
    }

    private static double Simulated(OffloadEnvironment environment, int[] plans, int window)
    {
        environment.Reset(window);
        while (!environment.Truncated)
            environment.Step(plans[environment.Observation.Request % plans.Length]);
        return environment.TotalReward;
    }

    private static double Modelled(CostModel model, OffloadEnvironment environment, int[] plans, int window)
    {
        environment.Reset(window);
        var (link, o, draw) = (At(1e6), environment.Observation, environment.Draw);
        var queues = StationQueues.Of(o, link, Promise.None);
        return Enumerable.Range(0, draw.Requests).Sum(i =>
            queues.Serve(model, plans[i % plans.Length], draw.ArrivalTimes[i] - draw.ArrivalTimes[0], draw.Deadlines[i], o, o.Rtt, link));
    }
}

using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents.Planners.Lyapunov;

/// <summary>The theory's promises, where requests have no deadlines to speak of.</summary>
public sealed class CutEdgePlannerTests
{
    /// <summary>
    /// The whole network takes 0.3 s and 0.9 J, or at half the clock 0.6 s and 0.54 J. The radio takes 100 W: sending the input 0.2 s and 20 J, and at
    /// cut 2 in 8 bits 16 ms and 1.6 J after a head of 0.16 s and 0.48 J.
    /// </summary>
    private static CostModel Patient(double gap, int requests = 600, ArrivalKind arrivals = ArrivalKind.Periodic) => RandomWorld.Small(TestWorld.Scenario with
    {
        Arrivals = new(arrivals, gap),
        Deadlines = new(Median: 1e6, Spread: 0),
        Device = TestWorld.Scenario.Device with { Clocks = [TestWorld.Clocks[0]] },
        Radio = new(TxBaseWatts: 100),
        Requests = requests,
    });

    /// <returns>Joules a request, mean latency, mean backlog of both stations in s, and that of the last quarter.</returns>
    private static (double Energy, double Latency, double Backlog, double Late) Play(CostModel model, CutEdgePlanner policy)
    {
        var environment = new OffloadEnvironment(model, TestWorld.Constant(), TestWorld.Seed);
        var (latency, backlog, late, requests) = (0.0, 0.0, 0.0, model.Scenario.Requests);
        Rollout.Begin(environment, policy, 0);
        while (!environment.Truncated)
        {
            var o = environment.Observation;
            var seconds = o.DeviceBacklog + (o.UplinkBacklogBytes + o.PendingBytes) * 8 / 1e6;
            backlog += seconds / requests;
            late += o.Request >= requests * 3 / 4 ? seconds / (requests / 4) : 0;
            environment.Step(policy.Decide(o, environment.Mask));
            foreach (ref readonly var outcome in environment.Delivered)
                latency += outcome.Latency / requests;
        }
        return (environment.TotalEnergy / requests, latency, backlog, late);
    }

    [Fact]
    public void TheHigherVTheLessEnergyDownToTheOptimumAndTheLongerTheQueues()
    {
        var model = Patient(gap: 0.5, requests: 2000, ArrivalKind.Poisson);
        var costs = new[] { 0.1, 0.4, 1.6, 6.4 }.Select(v => Play(model, new CutEdgePlanner(model, new(v), bits: 8))).ToArray();
        for (var i = 1; i < costs.Length; i++)
        {
            Assert.True(costs[i].Energy <= costs[i - 1].Energy + 1e-9, $"{costs[i]} after {costs[i - 1]}");
            Assert.True(costs[i].Backlog > costs[i - 1].Backlog, $"{costs[i]} after {costs[i - 1]}");
        }
        // Of the ways to serve two requests a second, by linear programming: as many at half the clock as keep the device just busy, the others at the
        // whole; a split sends more joules than it saves.
        var slow = (0.5 - 0.3) / 0.3;
        var least = slow * 0.54 + (1 - slow) * 0.9;
        Assert.True(costs[0].Energy > 1.1 * least, $"{costs[0]}, {costs[^1]}, {least}");
        Assert.InRange(costs[^1].Energy, 0.97 * least, 1.03 * least);
    }

    [Fact]
    public void QueuesAreStableWhereSomePolicyKeepsThemSo()
    {
        // Device and uplink serve together at most 1 / 0.3 + 1 / 0.2 requests a second whole, and hardly more in parts.
        (double Short, double Long) Late(double gap)
        {
            double At(int requests)
            {
                var model = Patient(gap, requests);
                return Play(model, new CutEdgePlanner(model, new(0.02), bits: 32)).Late;
            }
            return (At(600), At(1200));
        }
        var stable = Late(0.15);
        Assert.InRange(stable.Long, 0.8 * stable.Short, 1.2 * stable.Short);
        var unstable = Late(0.06);
        Assert.InRange(unstable.Long, 1.8 * unstable.Short, 2.2 * unstable.Short);
    }

    [Fact]
    public void TheVirtualQueueKeepsALatencyThatCanBeKeptAndGrowsUnderOneThatCannot()
    {
        // Alone, 0.3 s at the whole clock, 0.6 s at half of it, and by a split at the least 0.16 + 0.016 + 0.04 + 0.014 s.
        var model = Patient(gap: 1);
        var free = new CutEdgePlanner(model, new(1), bits: 8);
        Assert.Equal(0.6, Play(model, free).Latency, 2);
        Assert.Equal(0, free.LatencyDebt);
        var kept = new CutEdgePlanner(model, new(1, LatencyTarget: 0.4), bits: 8);
        Assert.InRange(Play(model, kept).Latency, 0.35, 0.405);
        Assert.InRange(kept.LatencyDebt, 0, 5);
        var broken = new CutEdgePlanner(model, new(1, LatencyTarget: 0.1), bits: 8);
        var latency = Play(model, broken).Latency;
        Assert.InRange(latency, 0.2, 0.25);
        Assert.InRange(broken.LatencyDebt, 0.9 * 600 * (latency - 0.1), 1.1 * 600 * (latency - 0.1));
    }

    [Fact]
    public void ASlowerClockIsSetWhereThereIsTime()
    {
        var model = Patient(gap: 1);
        var mask = RandomWorld.AllAllowed(model.Table.Plans);
        var o = new Observation { Deadline = 1e6, Rate = 1e6, Rtt = 0.04, ServerLoad = 1, Slowdown = 1 };
        string Played() => model.Table.Plans[new CutEdgePlanner(model, new(1), bits: 8).Decide(o, mask)].ToString();
        Assert.Equal("local@3~500MHz", Played());
        o.DeviceBacklog = 3; // 0.3 s less of it are worth 0.9 s^2, 0.36 J more cost 0.36
        Assert.Equal("local@3", Played());
        o.DeviceBacklog = 30;
        Assert.Equal("cut2@3/8b", Played());
        o.DeviceBacklog = 300;
        Assert.Equal("remote@3", Played());
    }

    /// <summary>Why it does not choose the rate: less of it takes longer, and not fewer joules.</summary>
    [Fact]
    public void NoSlowerRateIsEverBetter()
    {
        var (rng, model) = (new Rng(8), RandomWorld.Small(TestWorld.Clocked with { Deadlines = new(1e6) }));
        for (var round = 0; round < 200; round++)
        {
            var o = RandomWorld.Observation(ref rng);
            o.Deadline = 1e6;
            for (var p = 0; p < model.Count; p++)
            {
                var (slow, fast) = (model.Predict(p, o, o.Rate * rng.NextDouble()), model.Predict(p, o));
                Assert.True(fast.Energy <= slow.Energy && fast.Latency <= slow.Latency && fast.UplinkSeconds <= slow.UplinkSeconds);
            }
        }
    }

    [Fact]
    public void OnADeviceOfOneClockItChoosesTheSplitAlone()
    {
        var (rng, model) = (new Rng(3), RandomWorld.Small());
        var splits = new SplitChain(model.Table, 32).All;
        var planner = new CutEdgePlanner(model, new(0.3));
        var mask = RandomWorld.AllAllowed(model.Table.Plans);
        var played = new HashSet<int>();
        for (var round = 0; round < 200; round++)
            played.Add(planner.Decide(RandomWorld.Observation(ref rng), mask));
        Assert.Subset(splits.ToHashSet(), played);
        Assert.True(played.Count > 1);
    }

    [Fact]
    public void VIsTunedOnTrainingWindowsAndRemembered()
    {
        var setup = RandomWorld.Setup(RandomWorld.Small(TestWorld.Clocked)) with { Constants = new TunedConstants(null, "a") };
        IPolicy[] twice = [CutEdgePlanner.Tuned(setup, 8, "cutedge@8"),
            CutEdgePlanner.Tuned(setup with { Training = () => throw new InvalidOperationException("tuned again") }, 8, "cutedge@8")];
        var rewards = Rollout.MeanRewards(setup.Training, twice, [6, 7]);
        Assert.Equal(rewards[0], rewards[1]);
        Assert.Equal(CutEdgePlanner.Trials, setup.TuningTrials("cutedge@8"));
    }
}

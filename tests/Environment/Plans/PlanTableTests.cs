using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Tests.Agents.Planners;

namespace RlOffload.Tests.Environment.Plans;

public sealed class PlanTableTests
{
    private static bool StandsFor(in PlanCost q, in PlanCost p, DominanceTolerance t) =>
        q.DeviceSeconds <= p.DeviceSeconds * (1 + t.Time) && q.Bytes <= p.Bytes * (1 + t.Bytes)
        && q.ServerSeconds <= p.ServerSeconds * (1 + t.Time) + 1e-4 && q.Accuracy >= p.Accuracy - t.Accuracy;

    [Fact]
    public void EachPlanThatIsPrunedHasOneThatStaysAndStandsForIt()
    {
        for (var world = 0ul; world < 12; world++)
            foreach (var tolerance in new[] { DominanceTolerance.Default, DominanceTolerance.Exact, new(0.1, 0.2, 0.02) })
            {
                var costs = RandomWorld.Model(world).Table;
                var pruned = costs.Plans.Pruned(costs, tolerance);
                int[] stays = [.. pruned.Plans.Select(costs.Plans.IndexOf)];
                Assert.Equal(stays.Order(), stays);
                for (var p = 0; p < costs.Count; p++)
                {
                    var plan = costs.Plans[p];
                    if (plan.Kind == PlanKind.Drop)
                        Assert.Contains(p, stays);
                    else if (plan.Probe)
                        Assert.Equal(stays.Contains(costs.Plans.IndexOf(plan with { Probe = false })), stays.Contains(p));
                    else
                        Assert.Contains(stays, q => StandsFor(costs[q], costs[p], tolerance));
                }
            }
    }

    [Fact]
    public void EachClockMakesATwinOfWhatTheDeviceComputesAndTheTwinsOfWhatStaysStay()
    {
        var (without, with) = (TestWorld.Model().Table.Plans, TestWorld.Model(TestWorld.Clocked).Table);
        Assert.Equal(without.Plans, with.Plans.Plans.Where(p => p.Clock is null));
        foreach (var plan in without.Plans)
            Assert.Equal(plan.Kind is PlanKind.Local or PlanKind.Split ? TestWorld.Clocks : [],
                with.Plans.Plans.Where(p => p.Clock is not null && p with { Clock = null } == plan).Select(p => p.Clock!));
        var stays = TestWorld.Model().Table is var costs ? costs.Plans.Pruned(costs, DominanceTolerance.Default).Plans : [];
        Assert.Equal(with.Plans.Plans.Where(p => stays.Contains(p with { Clock = null })), with.Plans.Pruned(with, DominanceTolerance.Default).Plans);
    }

    [Fact]
    public void EightBitsStandForThirtyTwoWhereTheyCostNoAccuracyToSpeakOf()
    {
        // In the test world 8 bits cost 0.2 points, within the quarter of a point that counts as nothing; 2 bits cost 20.
        var costs = TestWorld.Model(bits: [2, 8, 32]).Table;
        var pruned = costs.Plans.Pruned(costs, DominanceTolerance.Default);
        Assert.DoesNotContain(pruned.Plans, p => p.Bits == 32);
        Assert.Contains(pruned.Plans, p => p.ToString() == "cut2@3/8b");
        Assert.Contains(costs.Plans.Pruned(costs, DominanceTolerance.Exact).Plans, p => p.Bits == 32);
    }

    [Fact]
    public void WhatTheDeviceCannotRunStandsForNothing()
    {
        // Heads need 100,000 bytes a cut, whole networks 150,000 an exit.
        var costs = TestWorld.Model(TestWorld.Scenario with { Device = TestWorld.Scenario.Device with { MemoryBytes = 160_000 } }).Table;
        var pruned = costs.Plans.Pruned(costs, DominanceTolerance.Default);
        Assert.All(pruned.Plans, p => Assert.True(costs.Runnable[costs.Plans.IndexOf(p)]));
        Assert.Contains(pruned.Plans, p => p.ToString() == "local@1");
    }

    [Fact]
    public void WhateverTheStationsAreWorthTheBestPlanStaysWithinTheTolerances()
    {
        var costs = TestWorld.Model(bits: [2, 4, 8, 32]).Table;
        var t = DominanceTolerance.Default;
        var stays = costs.Plans.Pruned(costs, t).Plans.Select(costs.Plans.IndexOf).ToArray();
        var rng = new Rng(2);
        for (var i = 0; i < 2000; i++)
        {
            double device = 3 * rng.NextDouble(), uplink = 3 * rng.NextDouble(), server = rng.NextDouble(), rate = 1e5 * Math.Pow(100, rng.NextDouble());
            double Cost(in PlanCost c) => device * c.DeviceSeconds + uplink * c.Bytes * 8 / rate + server * c.ServerSeconds;
            double Worth(int p) => costs[p].Accuracy - Cost(costs[p]);
            var best = Enumerable.Range(0, costs.Count).Where(p => costs.Plans[p].Kind != PlanKind.Drop).MaxBy(Worth);
            var loss = t.Accuracy + Math.Max(t.Time, t.Bytes) * Cost(costs[best]) + 1e-4;
            Assert.True(stays.Max(Worth) >= Worth(best) - loss);
        }
    }
}

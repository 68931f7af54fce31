using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Planners;

public sealed class LmosFrontPlannerTests
{
    [Fact]
    public void ItsFrontIsTheNonDominatedSetOfAllSplitsBelowTheCapAndItPlaysAMember()
    {
        var rng = new Rng(1);
        for (var world = 0ul; world < 40; world++)
        {
            var model = RandomWorld.Model(world);
            var planner = new LmosFrontPlanner(model);
            for (var round = 0; round < 10; round++)
            {
                var o = RandomWorld.Observation(ref rng);
                var mask = RandomWorld.Mask(model.Table.Plans, ref rng, 0.8);
                LatencyMemory At(int p) => new(model.Table[p].DeviceSeconds * o.Slowdown + model.Table[p].Bytes * 8 / o.Rate + o.Rtt
                    + model.Table[p].ServerSeconds * o.ServerLoad, model.Table[p].MemoryBytes);
                int[] feasible = [.. RandomWorld.InnerSplits(model, 32).Where(p => mask[p] && model.Table[p].MemoryBytes < planner.MemoryCapBytes)];
                var expected = feasible.Where(p => !feasible.Any(q => At(q).Dominates(At(p)))).OrderBy(p => At(p).Latency);
                var front = planner.Front(o, mask);
                Assert.Equal(expected, front.Select(f => f.Plan));
                Assert.All(front, f => Assert.Equal(At(f.Plan), f.Objectives));
                if (front.Count > 0)
                    Assert.Contains(planner.Decide(o, mask), front.Select(f => f.Plan));
            }
        }
    }

    /// <summary>No choice of LMOS or of its companion lies outside what the front dominates: their hypervolume adds nothing.</summary>
    [Fact]
    public void WhatLmosAndItsCompanionChooseAddsNoHypervolume()
    {
        var rng = new Rng(2);
        for (var world = 0ul; world < 40; world++)
        {
            var model = RandomWorld.Model(world);
            var planner = new LmosFrontPlanner(model);
            var o = RandomWorld.Observation(ref rng);
            var mask = RandomWorld.AllAllowed(model.Table.Plans);
            LatencyMemory[] front = [.. planner.Front(o, mask).Select(f => f.Objectives)];
            if (front.Length == 0)
                continue;
            int[] chosen = [new LmosPlanner(model).Decide(o, mask), new LmosNaivePlanner(model).Decide(o, mask), planner.Decide(o, mask)];
            var with = front.Concat(chosen.Select(p => new LatencyMemory(SplitChain.Latency(model.Table, p, o), model.Table[p].MemoryBytes)));
            var reference = LatencyMemory.Reference(2 * front.Max(f => f.Latency));
            Assert.Equal(LatencyMemory.Hypervolume(front, reference), LatencyMemory.Hypervolume(with, reference));
            Assert.True(LatencyMemory.Hypervolume(front, reference) > 0);
        }
    }

    [Fact]
    public void WhereNoHeadFitsTheSmallestIsUsedAndCounted()
    {
        var model = RandomWorld.Small();
        var planner = new LmosFrontPlanner(model, 0.2);
        var rng = new Rng(6);
        Assert.Equal(RandomWorld.Plan(model, "cut1@3/32b"), planner.Decide(RandomWorld.Observation(ref rng), RandomWorld.AllAllowed(model.Table.Plans)));
        Assert.Equal(1, planner.Violations["memory_cap"]);
    }
}

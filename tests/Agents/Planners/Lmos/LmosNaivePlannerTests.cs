using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Planners;

public sealed class LmosNaivePlannerTests
{
    [Fact]
    public void ItIsTheFastestSplitBelowTheCap()
    {
        var rng = new Rng(3);
        for (var world = 0ul; world < 40; world++)
        {
            var model = RandomWorld.Model(world);
            var planner = new LmosNaivePlanner(model);
            var o = RandomWorld.Observation(ref rng);
            var mask = RandomWorld.Mask(model.Table.Plans, ref rng, 0.8);
            int[] allowed = [.. RandomWorld.InnerSplits(model, 32).Where(p => mask[p])];
            int[] fitting = [.. allowed.Where(p => model.Table[p].MemoryBytes < planner.MemoryCapBytes)];
            if (allowed.Length > 0)
                Assert.Equal(fitting.Length > 0 ? fitting.MinBy(p => SplitChain.Latency(model.Table, p, o)) : allowed.MinBy(p => model.Table[p].MemoryBytes),
                    planner.Decide(o, mask));
            Assert.Equal(allowed.Length > 0 && fitting.Length == 0 ? 1 : 0, planner.Violations["memory_cap"]);
        }
    }

    [Fact]
    public void ItStandsBetweenLoaAndLmos()
    {
        var rng = new Rng(4);
        for (var world = 0ul; world < 40; world++)
        {
            var model = RandomWorld.Model(world);
            var o = RandomWorld.Observation(ref rng);
            var mask = RandomWorld.AllAllowed(model.Table.Plans);
            var (naive, lmos) = (new LmosNaivePlanner(model), new LmosPlanner(model));
            double Latency(IPolicy p) => SplitChain.Latency(model.Table, p.Decide(o, mask), o);
            var capped = Latency(naive);
            if (naive.Violations["memory_cap"] == 0)
                Assert.InRange(capped, Latency(new LoaPlanner(model)), Latency(lmos));
        }
    }
}

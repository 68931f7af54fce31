using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Planners;

public sealed class DadsPlannerTests
{
    [Theory]
    [InlineData(32)]
    [InlineData(8)]
    public void UnderLightLoadOnAChainItIsTheSplitOfLeastLatency(int bits)
    {
        var rng = new Rng(2);
        for (var world = 0ul; world < 41; world++)
        {
            var model = world == 40 ? ProfileGraphTests.Shipped() : RandomWorld.Model(world);
            var planner = new DadsPlanner(model, bits);
            var splits = new SplitChain(model.Table, bits).All;
            for (var round = 0; round < 20; round++)
            {
                var o = RandomWorld.Observation(ref rng);
                var decided = planner.Decide(o, RandomWorld.AllAllowed(model.Table.Plans));
                Assert.Contains(decided, splits);
                Assert.Equal(splits.Min(p => SplitChain.Latency(model.Table, p, o)), SplitChain.Latency(model.Table, decided, o), 1e-9);
            }
        }
    }

    [Fact]
    public void UnderHeavyLoadOnAChainItsSlowestStageIsWithinThreeTimesTheLeast()
    {
        var rng = new Rng(3);
        int other = 0, faster = 0;
        for (var world = 0ul; world < 40; world++)
        {
            var model = RandomWorld.Model(world);
            var planner = new DadsPlanner(model);
            var splits = new SplitChain(model.Table, 32).All;
            for (var round = 0; round < 20; round++)
            {
                var o = RandomWorld.Observation(ref rng);
                double Stage(int p) => Math.Max(model.Table[p].DeviceSeconds * o.Slowdown, Math.Max(model.Table[p].Bytes * 8 / o.Rate, model.Table[p].ServerSeconds * o.ServerLoad));
                var mask = RandomWorld.AllAllowed(model.Table.Plans);
                var light = planner.Decide(o, mask);
                o.FastIntensity = 1e6;
                var heavy = planner.Decide(o, mask);
                Assert.True(Stage(heavy) <= 3 * splits.Min(Stage) + 1e-9);
                Assert.True(Stage(heavy) <= Stage(light) + 1e-9);
                other += heavy != light ? 1 : 0;
                // As long as the slowest stage keeps up, the load is light.
                o.FastIntensity = 0.999 / Stage(light);
                Assert.Equal(light, planner.Decide(o, mask));
                faster += Stage(heavy) < Stage(light) - 1e-9 ? 1 : 0;
            }
        }
        Assert.True(other > 20 && faster > 20, $"heavy load changed {other} decisions and shortened {faster} slowest stages");
    }

    [Fact]
    public void APartitionAcrossBranchesIsPlayedAsThePrefixThatHoldsIt()
    {
        // Both branches shrink to 100 numbers, so that the cut between them and their sum sends least.
        var model = ProfileGraphTests.Branched(shrink: 0.1);
        var o = new Observation { Rate = 3e5, Slowdown = 1, ServerLoad = 1, Rtt = 0.01 };
        var graph = new ProfileGraph(model, 32).Graph;
        var cut = new GraphCut(graph);
        cut.Solve(new(1, o.Rate, 1, o.Rtt));
        Assert.Equal([true, true, true, false, false, false], cut.OnEdge.ToArray());
        Assert.Equal(RandomWorld.Plan(model, "cut2@3/32b"), new DadsPlanner(model).Decide(o, RandomWorld.AllAllowed(model.Table.Plans)));
    }

    [Fact]
    public void WhereTheMaskForbidsItTheAllowedSplitOfLeastLatencyIsTaken()
    {
        var rng = new Rng(4);
        for (var world = 0ul; world < 40; world++)
        {
            var model = RandomWorld.Model(world);
            var planner = new DadsPlanner(model);
            var o = RandomWorld.Observation(ref rng);
            var mask = RandomWorld.AllAllowed(model.Table.Plans);
            mask[planner.Decide(o, mask)] = false;
            var allowed = new SplitChain(model.Table, 32).All.Where(p => mask[p]);
            Assert.Equal(allowed.MinBy(p => SplitChain.Latency(model.Table, p, o)), planner.Decide(o, mask));
        }
    }
}

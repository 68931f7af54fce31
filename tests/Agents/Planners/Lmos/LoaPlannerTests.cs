using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Planners;

public sealed class LoaPlannerTests
{
    [Fact]
    public void ItIsTheInnerSplitOfLeastLatencyAmongThoseAllowed()
    {
        var rng = new Rng(9);
        for (var world = 0ul; world < 40; world++)
        {
            var model = RandomWorld.Model(world);
            var planner = new LoaPlanner(model);
            var o = RandomWorld.Observation(ref rng);
            var mask = RandomWorld.Mask(model.Table.Plans, ref rng, 0.7);
            int[] allowed = [.. RandomWorld.InnerSplits(model, 32).Where(p => mask[p])];
            if (allowed.Length > 0)
                Assert.Equal(allowed.MinBy(p => model.Table[p].DeviceSeconds * o.Slowdown + model.Table[p].Bytes * 8 / o.Rate
                    + model.Table[p].ServerSeconds * o.ServerLoad), planner.Decide(o, mask));
        }
    }

    [Fact]
    public void AFastLinkSplitsEarlyAndASlowOneWhereLeastIsSent()
    {
        var model = RandomWorld.Small();
        var planner = new LoaPlanner(model);
        var rng = new Rng(1);
        var o = RandomWorld.Observation(ref rng);
        o.ServerLoad = o.Slowdown = 1;
        string At(double rate)
        {
            o.Rate = rate;
            return model.Table.Plans[planner.Decide(o, RandomWorld.AllAllowed(model.Table.Plans))].ToString();
        }
        Assert.Equal("cut1@3/32b", At(1e9));
        Assert.Equal("cut2@3/32b", At(1e5));
    }
}

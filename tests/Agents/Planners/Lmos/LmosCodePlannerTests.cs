using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Planners;

public sealed class LmosCodePlannerTests
{
    [Fact]
    public void TheSplitIsTheOneTheCodeNamesForAsManyLayersAndTheObservedBandwidth()
    {
        var rng = new Rng(1);
        for (var world = 0ul; world < 20; world++)
        {
            var model = RandomWorld.Model(world);
            var splits = RandomWorld.InnerSplits(model, 32);
            var planner = new LmosCodePlanner(model);
            for (var round = 0; round < 10; round++)
            {
                var o = RandomWorld.Observation(ref rng);
                var code = new LmosCodeModel(Layers: splits.Length + 1, Bandwidth: o.Rate / 1e6);
                Assert.Equal(splits[code.Choose() - 1], planner.Decide(o, RandomWorld.AllAllowed(model.Table.Plans)));
            }
            Assert.Equal(0, planner.Violations["memory_cap"]);
        }
    }

    [Fact]
    public void WhereNothingIsUnderTheCapTheFirstCutIsTakenAndCounted()
    {
        var model = RandomWorld.Model(3);
        var rng = new Rng(2);
        var planner = new LmosCodePlanner(model, settings: new LmosCodeModel(MemoryMb: 1e-6));
        Assert.Equal(RandomWorld.InnerSplits(model, 32)[0], planner.Decide(RandomWorld.Observation(ref rng), RandomWorld.AllAllowed(model.Table.Plans)));
        Assert.Equal(1, planner.Violations["memory_cap"]);
    }
}

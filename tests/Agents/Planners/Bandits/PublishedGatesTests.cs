using RlOffload.Agents.Planners;
using RlOffload.Environment.Plans;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents.Planners;

public sealed class PublishedGatesTests
{
    [Fact]
    public void EachExitIsAnArmAndEachEntropyAThreshold()
    {
        var plans = PublishedGates.Plans(GatedWorld.Profile, [8, 32]).ToList();
        Assert.Equal(plans.Count, plans.Distinct().Count());
        // Exit 1 alone and seen on the way are the same; exit 2 has both; I-SplitEE's threshold is another.
        Assert.Equal(2 * (2 + 3), plans.Count(p => p.Kind == PlanKind.Split));
        Assert.Equal(PublishedGates.Entropies.Count, plans.Count(p => p.Kind == PlanKind.Local));
        Assert.Empty(PublishedGates.Plans(TestWorld.Profile, [8]));
    }

    [Fact]
    public void AnExitThatIsOnlySeenCostsTimeAndLetsNobodyLeave()
    {
        var table = BanditWorld.Model().Table;
        GatedWay[] Ways(Gate gate) => table.Ways(table.Plans.Plans.Select((p, i) => (p, i)).First(x => x.p.Gate == gate).i).ToArray();
        var (single, seeing) = (Ways(PublishedGates.Single(1, 0.8)), Ways(PublishedGates.Seeing(1, 0.8)));
        Assert.Equal((2, 3), (single.Length, seeing.Length));
        Assert.Equal(0, seeing[0].Share);
        Assert.Equal(single[0].Share, seeing[1].Share);
        Assert.True(seeing[1].DeviceSeconds > single[0].DeviceSeconds);
    }
}

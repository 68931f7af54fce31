using RlOffload.Agents.Planners;

namespace RlOffload.Tests.Agents.Planners;

public sealed class CutPlansTests
{
    [Fact]
    public void APrefixIsItsOwnPlanAndAnythingElseTheSmallestPrefixThatHoldsIt()
    {
        var plans = new CutPlans([(10, 0), (11, 2), (12, 4)], [0, 1, 2, 3]);
        Assert.Equal(10, plans.Of([false, false, false, false]));
        Assert.Equal(11, plans.Of([true, true, false, false]));
        Assert.Equal(11, plans.Of([true, false, false, false]));
        Assert.Equal(12, plans.Of([true, false, true, false]));
        Assert.Equal(12, plans.Of([true, true, true, true]));
    }

    [Fact]
    public void ALayerThatStandsForManyIsHeldWithTheLastOfThem()
    {
        var plans = new CutPlans([(10, 0), (11, 2), (12, 6)], [1, 4, 5]);
        Assert.Equal(11, plans.Of([true, false, false]));
        Assert.Equal(12, plans.Of([true, true, false]));
    }

    [Fact]
    public void WhereNoPrefixHoldsItThereIsNoPlan() => Assert.Equal(-1, new CutPlans([(10, 0), (11, 1)], [0, 1]).Of([true, true]));
}

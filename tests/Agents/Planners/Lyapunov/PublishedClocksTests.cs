using RlOffload.Agents.Planners;
using RlOffload.Environment.Plans;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents.Planners.Lyapunov;

public sealed class PublishedClocksTests
{
    [Fact]
    public void EachSplitOfTheDeepestExitThatTheDeviceComputesForIsOfferedAtEachClock()
    {
        var plans = PublishedClocks.Plans(TestWorld.Profile, [8], TestWorld.Clocks).Select(p => p.ToString());
        Assert.Equal(["cut1@3/8b~250MHz", "cut1@3/8b~500MHz", "cut2@3/8b~250MHz", "cut2@3/8b~500MHz", "local@3~250MHz", "local@3~500MHz"], plans.Order());
    }

    [Fact]
    public void ADeviceOfOneClockHasNone()
    {
        Assert.Empty(PublishedClocks.Plans(TestWorld.Profile, [8], null));
        Assert.Empty(PublishedClocks.Plans(TestWorld.Profile, [8], []));
    }
}

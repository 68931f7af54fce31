using RlOffload.Environment.Links;

namespace RlOffload.Tests.Environment.Links;

public sealed class TraceStatisticsTests
{
    private static readonly LinkTrace Trace = LinkTrace.FromSamples("x", [0, 1, 2, 10], [0, 4e6, 1e6, 2e6], 20);

    [Fact]
    public void RatesAreWeighedByTheTimeTheyHold()
    {
        var s = TraceStatistics.Of(Trace);
        Assert.Equal(20, s.Seconds);
        Assert.Equal(1.6, s.Mean, 9);
        Assert.Equal((0, 2, 2), (s.P5, s.P50, s.P95));
        Assert.Equal(0.05, s.ZeroShare, 9);
    }

    [Fact]
    public void BinsHoldMeansAndLeaveOutAnIncompleteOne()
    {
        Assert.Equal([5e6 / 3, 1e6, 1e6, 5e6 / 3, 2e6, 2e6], TraceStatistics.Bins(Trace, 3).Select(b => b), (a, b) => Math.Abs(a - b) < 0.001);
        Assert.Equal(200, TraceStatistics.Bins(Trace, 0.1).Length);
        Assert.Equal(10, TraceStatistics.Bins(Trace, 0.1).Count(b => b == 0));
    }

    [Fact]
    public void SpacingIsTheUsualLengthOfASegment() => Assert.Equal(8, TraceStatistics.Spacing(Trace));
}

using RlOffload.Environment;
using RlOffload.Environment.Simulation;

namespace RlOffload.Tests.Environment.Simulation;

public sealed class LinkKnowledgeTests
{
    private static readonly Scenario World = new() { Uplink = new UplinkSpec(PriorBitsPerSecond: 1e6, ReversionSeconds: 30, PriorRtt: 0.05) };

    [Fact]
    public void TheFirstRateIsBelievedAndLaterOnesMoveTheLogarithmHalfWay()
    {
        var k = LinkKnowledge.Nothing(World);
        Assert.Equal(1e6, Estimate(k, 5, 0, 0), 3);
        k.Sent(10, 50_000, 0.1);
        Assert.Equal(4e6, Estimate(k, 10, 0, 0), 3);
        Assert.Equal(0, k.Volatility);
        k.Sent(11, 12_500, 0.1);
        Assert.Equal(2e6, Estimate(k, 11, 0, 0), 3);
        Assert.Equal((1e6, 4e6, 11.0), (k.LastRate, k.PreviousRate, k.LastRateTime));
        Assert.Equal(0.3 * Math.Log(4), k.Volatility, 12);
    }

    [Fact]
    public void AnOldRateReturnsToThePrior()
    {
        var k = LinkKnowledge.Nothing(World);
        k.Sent(0, 50_000, 0.1);
        Assert.Equal(1e6 * Math.Exp(Math.Log(4) * Math.Exp(-1)), Estimate(k, 30, 0, 0), 2);
        Assert.Equal(1e6, Estimate(k, 3000, 0, 0), 0);
    }

    [Fact]
    public void TheTransferUnderWayCountsMoreTheLongerItRuns()
    {
        var k = LinkKnowledge.Nothing(World);
        Assert.Equal(1e6, Estimate(k, 0, 0.005, 1e4), 3);
        var (early, late) = (Estimate(k, 0, 0.1, 1e4), Estimate(k, 0, 3, 1e4));
        Assert.InRange(early, 3e5, 9e5);
        Assert.InRange(late, 1e4, 1.1e4);
        Assert.InRange(Estimate(k, 0, 3, 0), 100, 105);
    }

    [Fact]
    public void AnswersTellLoadAtOnceAndSmoothTheRoundTrip()
    {
        var k = LinkKnowledge.Nothing(World);
        k.Answered(1, 0.2, 4);
        Assert.Equal((0.2, 4.0, 1.0), (k.Rtt, k.Load, k.LoadTime));
        k.Answered(2, 0.1, 1);
        Assert.Equal(0.15, k.Rtt, 12);
        Assert.Equal(1, k.Load);
    }

    private static double Estimate(LinkKnowledge k, double now, double sendingFor, double sendingRate)
    {
        var memo = default(EstimateMemo);
        return k.Estimate(World, now, sendingFor, sendingRate, ref memo);
    }
}

using RlOffload.Environment;

namespace RlOffload.Tests.Environment.Simulation;

/// <summary>A request that was alone at the server when it left the device, and what those do to it that leave after it. Sending takes 0.2 s, the server 0.3 s.</summary>
public sealed class StationsForesightTests
{
    private const int Digits = 12;

    private static Scenario Slow => TestWorld.Scenario with { Server = new ServerSpec(TimeFactor: 10) };

    [Fact]
    public void OneThatLeavesLaterAndArrivesFirstIsServedFirst()
    {
        var t = new Timeline(Slow);
        var first = t.At(0, "remote@3", 2, rtt: 0.6);    // leaves at 0.2, arrives at 0.5
        var second = t.At(0, "remote@3", 2, rtt: 0.04);  // leaves at 0.4, arrives at 0.42, is served until 0.72
        Assert.Equal(0.74, t.End(second).Latency, Digits);
        Assert.Equal(0.72 + 0.3 + 0.3, t.Outcomes[first].Latency, Digits);
        Assert.Equal(0.3, t.Outcomes[first].Server, Digits);
    }

    [Fact]
    public void OneThatArrivesWhileTheServerWorksWaits()
    {
        var t = new Timeline(Slow);
        var first = t.At(0, "remote@3", 2);              // arrives at 0.22, is served until 0.52
        var second = t.At(0, "remote@3", 2);             // arrives at 0.42
        Assert.Equal(0.52 + 0.3 + 0.02, t.End(second).Latency, Digits);
        Assert.Equal(0.54, t.Outcomes[first].Latency, Digits);
        Assert.Equal(0.3, t.Outcomes[second].Server, Digits);
    }

    [Fact]
    public void OneThatArrivesBehindItMayItselfBeCancelledThere()
    {
        var t = new Timeline(Slow);
        var first = t.At(0, "remote@3", 2, rtt: 0.6);    // arrives at 0.5, is served until 0.8
        var second = t.At(0, "remote@3", 0.9, rtt: 0.6); // arrives at 0.7, is late and falls back to the first exit, 0.1 s on the device
        Assert.Equal(OutcomeKind.Fallback, t.End(second).Kind);
        Assert.Equal(0, t.Outcomes[second].Server);
        Assert.Equal(1.1, t.Outcomes[first].Latency, Digits);
    }

    [Theory, InlineData(0.9), InlineData(1.3), InlineData(1.6)] // on its way, served, on its way back
    public void TheFutureIsTheSameWhetherItWasForeseenOrNot(double at)
    {
        var alone = new Timeline(Slow);
        alone.At(0, "remote@3", 4, rtt: 2);              // arrives at 1.2, is served until 1.5
        alone.Stations.Advance(at);
        var followed = new Timeline(Slow);
        followed.At(0, "remote@3", 4, rtt: 2);
        var second = followed.At(0, "remote@3", 4);      // overtakes, is answered at 0.74
        followed.Stations.Advance(at);
        Assert.Equal(0.74, followed.Outcomes[second].Latency, Digits);
        Assert.Equal(alone.Stations.FutureHash(), followed.Stations.FutureHash());
    }
}

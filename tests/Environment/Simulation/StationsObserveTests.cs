using RlOffload.Environment;
using RlOffload.Environment.Links;

namespace RlOffload.Tests.Environment.Simulation;

public sealed class StationsObserveTests
{
    private const int Digits = 9;

    [Fact]
    public void NothingIsKnownBeforeAnythingWasSent()
    {
        var o = new Timeline().Look(0);
        Assert.Equal((1e6, 1e6, 1e6), (Math.Round(o.Rate), o.LastRate, o.PreviousRate));
        Assert.Equal((Observation.MaxAge, Observation.MaxAge), (o.RateAge, o.ServerLoadAge));
        Assert.Equal((0.04, 1.0), (o.Rtt, o.ServerLoad));
        Assert.Equal((0, 0.0, 0.0, 0.0), (o.InFlight, o.DeviceBacklog, o.UplinkBacklogBytes, o.SendingFor));
        Assert.Equal((0.0, 1.0, 1.0), (o.Heat, o.Slowdown, o.Battery));
    }

    [Fact]
    public void BacklogsAreWorkNotFinishedAndBytesNotYetSent()
    {
        var t = new Timeline();
        t.At(0, "local@3", 2);
        t.At(0, "cut1@3/8b", 2);
        t.At(0, "remote@3", 1);
        t.At(0, "remote@2", 1);
        var o = t.Look(0.1);
        Assert.Equal(0.2 + 0.08, o.DeviceBacklog, Digits);
        Assert.Equal(8000, o.PendingBytes);
        Assert.Equal(12_500 + 25_000, o.UplinkBacklogBytes, 6);
        Assert.Equal(4, o.InFlight);
        Assert.Equal(0.1, o.SendingFor, Digits);
        Assert.Equal(1e6, o.SendingRate, 3);
        // Both remote requests may come back to the device: exit 2 each, 0.2 s within a quarter of 1 s.
        Assert.Equal(0.4, o.FallbackAtRisk, Digits);
    }

    [Fact]
    public void ATransferThatStallsIsSeenToStall()
    {
        var links = TestWorld.Traces(RttModel.Constant(40), LinkTrace.FromSamples("outage", [0, 0.1, 5], [1e6, 0, 1e6], 50));
        var t = new Timeline(links: links);
        t.At(0.1, "remote@3", 3);
        var o = t.Look(1.1);
        Assert.Equal((1.0, 0.0), (Math.Round(o.SendingFor, 9), o.SendingRate));
        Assert.True(o.Rate < 1e5, $"expects {o.Rate} bit/s of a link on which nothing moved for a second");
    }

    [Fact]
    public void AFinishedTransferTellsItsRateAndAnAnswerTellsRoundTripAndLoad()
    {
        var t = new Timeline(TestWorld.Scenario with { Server = new ServerSpec(Loads: [3]) }, TestWorld.Constant(2e6, 100));
        t.At(0, "remote@3");                        // sent at 0.1, answered at 0.1 + 0.1 + 0.09
        var sent = t.Look(0.2);
        Assert.Equal((2e6, 0.1), (Math.Round(sent.LastRate), Math.Round(sent.RateAge, 9)));
        Assert.Equal((0.04, 1.0), (sent.Rtt, sent.ServerLoad));
        var answered = t.Look(0.3);
        Assert.Equal((0.1, 3.0, 0.01), (answered.Rtt, answered.ServerLoad, Math.Round(answered.ServerLoadAge, 9)));
    }

    [Fact]
    public void AProbeRefreshesTheRate()
    {
        var t = new Timeline(TestWorld.Scenario with { Uplink = TestWorld.Scenario.Uplink with { PriorBitsPerSecond = 3e5 } });
        t.At(0, "drop+probe");
        Assert.Equal(24_000, t.Look(0).UplinkBacklogBytes);
        var o = t.Look(0.2);
        Assert.Equal(1e6, o.LastRate, 3);
        Assert.Equal(0.008, o.RateAge, Digits);
        Assert.InRange(o.Rate, 0.99e6, 1e6);
        Assert.Equal(0, o.InFlight);
    }

    [Fact]
    public void RatesAreSeenNoFinerThanTenMilliseconds()
    {
        var t = new Timeline(links: TestWorld.Constant(1e8));
        t.At(0, "drop+probe");                      // 1.92 ms on the link
        Assert.Equal(24_000 * 8 / 0.01, t.Look(0.1).LastRate, 3);
    }

    [Fact]
    public void ATransferYoungerThanTheResolutionTellsNothing()
    {
        var t = new Timeline();
        t.At(0, "remote@3");
        var o = t.Look(0.005);
        Assert.Equal((0.0, 0.0), (o.SendingFor, o.SendingRate));
    }

    [Fact]
    public void TheModemShowsWholeSecondsThatHavePassed()
    {
        var links = TestWorld.Traces(RttModel.Constant(40), LinkTrace.FromSamples("steps", [0, 1, 2, 3], [1e6, 2e6, 3e6, 9e6], 50));
        var t = new Timeline(TestWorld.Scenario with { Uplink = TestWorld.Scenario.Uplink with { Observe = RateKnowledge.Modem } }, links);
        var o = t.Look(3.25);
        Assert.Equal([3e6, 2e6, 1e6], o.ModemRates.Select(r => Math.Round(r)));
        Assert.Equal((3e6, 0.25), (Math.Round(o.Rate), o.RateAge));
        Assert.Equal(TestWorld.Scenario.Uplink.PriorBitsPerSecond, new Timeline(t.Model.Scenario, links).Look(0.5).ModemRates[0]);
    }

    [Fact]
    public void BatteryFallsWithWorkAndRisesWithHarvest()
    {
        var device = TestWorld.Scenario.Device with { Battery = new BatterySpec(CapacityJoules: 2, StartJoules: 1, HarvestWatts: 0.5), IdleWatts = 0.1 };
        var t = new Timeline(TestWorld.Scenario with { Device = device });
        Assert.Equal(0.5, t.Look(0).Battery, Digits);
        t.At(0, "local@3", 1);
        Assert.Equal((1 - 0.9 + 0.4 * 0.5) / 2, t.Look(0.5).Battery, Digits);
        Assert.Equal(1, t.Look(20).Battery, Digits);
        t.At(20, "local@3", 1);
        // A full battery took none of the harvest before: what is used now is missing now.
        Assert.Equal((2 - 0.9 + 0.4 * 0.1) / 2, t.Look(20.4).Battery, 2);
    }

    [Fact]
    public void IntensitiesReturnToTheMeanGapAndRiseInABurst()
    {
        var t = new Timeline();
        for (var i = 1; i <= 40; i++)
            t.At(i * 0.4, "drop");
        var calm = t.Look(16);
        Assert.InRange(calm.FastIntensity * 0.4, 1, 1.15);
        Assert.InRange(calm.SlowIntensity * 0.4, 1, 1.03);
        for (var i = 1; i <= 10; i++)
            t.At(16 + i * 0.1, "drop");
        Assert.InRange(t.Look(17).FastIntensity * 0.4, 2, 4.2);
    }
}

using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Environment.Plans;

namespace RlOffload.Tests.Environment.Simulation;

/// <summary>
/// By hand, on 1 Mbit/s and 40 ms: local@1/2/3 takes 100/200/300 ms; remote@3 sends 0.2 s and is served 30 ms; cut1@3/8b has a head of 80 ms,
/// sends 64 ms and is served 22 ms; cut2@3/8b 160, 16 and 14 ms. Branches from the input 100/200/300 ms, from cut 2 40 (exit 2) and 140 ms.
/// </summary>
public sealed class StationsTests
{
    private const int Digits = 9;
    private static Scenario World => TestWorld.Scenario;

    [Theory]
    [InlineData("local@1", 0.1, 0.6)]
    [InlineData("local@3", 0.3, 0.9)]
    [InlineData("remote@3", 0.2 + 0.04 + 0.03, 0.9)]
    [InlineData("remote@1", 0.2 + 0.04 + 0.01, 0.6)]
    [InlineData("cut1@3/8b", 0.08 + 0.064 + 0.04 + 0.022, 0.898)]
    [InlineData("cut1@3/4b", 0.08 + 0.032 + 0.04 + 0.022, 0.87)]
    [InlineData("cut2@3/8b", 0.16 + 0.016 + 0.04 + 0.014, 0.898)]
    public void AnUndisturbedRequestTakesTheSumOfItsParts(string plan, double latency, double accuracy)
    {
        var t = new Timeline();
        var o = t.End(t.At(1, plan));
        Assert.Equal(OutcomeKind.Answered, o.Kind);
        Assert.Equal(latency, o.Latency, Digits);
        Assert.Equal(accuracy, o.Accuracy, Digits);
        Assert.Equal(accuracy - 0.1 * latency / 0.6, o.Reward, Digits);
        Assert.Equal(latency, o.Device + o.Uplink + o.Server + (plan.StartsWith("local", StringComparison.Ordinal) ? 0 : o.RoundTrip), Digits);
        Assert.Equal(0, o.DeviceWait + o.UplinkWait);
        Assert.Equal(1 + latency, t.KnownAt[0], Digits);
    }

    [Fact]
    public void EnergyIsPowerTimesTimeOfDeviceAndRadio()
    {
        var t = new Timeline();
        var o = t.End(t.At(1, "cut1@3/8b"));
        Assert.Equal(3 * 0.08 + 2.926 * 0.064 + 0.0767 * 0.064, o.Energy, Digits);
        Assert.Equal(8000, o.BytesSent);
        Assert.Equal(100_000, o.MemoryBytes);
    }

    [Fact]
    public void ASlowerClockTakesLongerAtItsOwnPower()
    {
        var t = new Timeline(TestWorld.Clocked);
        var o = t.End(t.At(1, "local@1~500MHz"));
        Assert.Equal(0.2, o.Latency, Digits);
        Assert.Equal(0.9 * 0.2, o.Energy, Digits);
        Assert.Equal(3 * 0.1, t.End(t.At(2, "local@1")).Energy, Digits);
    }

    [Fact]
    public void TheBranchThatSavesALateRequestRunsAtTheProfilesClock()
    {
        var t = new Timeline(TestWorld.Clocked, TestWorld.Constant(1e4));
        var o = t.End(t.At(1, "cut2@3/8b~500MHz", 0.8));    // head until 0.32, then 1.6 s to send
        Assert.Equal(OutcomeKind.Fallback, o.Kind);
        Assert.Equal(0.8, o.Latency, Digits);
        Assert.Equal(0.32 + 0.14, o.Device, Digits);
        Assert.Equal(0.9 * 0.32 + 3 * 0.14 + t.Model.SendEnergy(0.34, 425), o.Energy, Digits);
    }

    [Fact]
    public void ASlowerClockWarmsTheDeviceByItsPower()
    {
        var device = TestWorld.Clocked.Device with { Heat = new HeatSpec(TimeConstant: 1, From: 0.9, To: 1) };
        var t = new Timeline(World with { Device = device });
        t.At(0, "local@3~500MHz", 5);
        Assert.Equal(0.3 * (1 - Math.Exp(-0.4)), t.Look(0.4).Heat, Digits);
        Assert.Equal(0.3 * (1 - Math.Exp(-0.6)) * Math.Exp(-1), t.Look(1.6).Heat, Digits);
    }

    [Fact]
    public void PackingTakesDeviceTimeAndTheHeaderIsSent()
    {
        var t = new Timeline(World with { Device = World.Device with { PackSecondsPerElement = 1e-6 }, Uplink = World.Uplink with { HeaderBytes = 125 } });
        var o = t.End(t.At(1, "cut1@3/8b"));
        Assert.Equal(0.08 + 0.008, o.Device, Digits);
        Assert.Equal(8125, o.BytesSent, Digits);
    }

    [Fact]
    public void TheDeviceServesOneAfterTheOther()
    {
        var t = new Timeline();
        t.At(1, "local@3", 1);
        var second = t.At(1.1, "local@2", 1);
        var o = t.End(second);
        Assert.Equal(0.2, o.DeviceWait, Digits);
        Assert.Equal(0.4, o.Latency, Digits);
    }

    [Fact]
    public void SplitZeroDoesNotWaitForTheDevice()
    {
        var t = new Timeline();
        t.At(1, "local@3", 1);
        Assert.Equal(0.27, t.End(t.At(1, "remote@3")).Latency, Digits);
    }

    [Fact]
    public void ARemoteRequestOvertakesAHeadStillComputing()
    {
        var t = new Timeline();
        var head = t.At(1, "cut1@3/8b");        // ready for the uplink at 1.08
        var remote = t.At(1.05, "remote@3");    // on the uplink 1.05 - 1.25
        Assert.Equal(0.27, t.End(remote).Latency, Digits);
        var o = t.Outcomes[head];
        Assert.Equal(0.17, o.UplinkWait, Digits);
        Assert.Equal(0.25 + 0.064 + 0.04 + 0.022, o.Latency, Digits);
    }

    [Fact]
    public void TheUplinkServesWhatBecameReadyFirst()
    {
        var t = new Timeline();
        t.At(1, "remote@1", 2);                     // uplink until 1.2
        var split = t.At(1.01, "cut1@3/8b", 2);     // ready at 1.09
        var remote = t.At(1.1, "remote@3", 2);      // ready at 1.1, though it never waited for the device
        Assert.Equal(1.264 - 1.09 - 0.064, t.End(split).UplinkWait, Digits);
        Assert.Equal(1.264 - 1.1, t.Outcomes[remote].UplinkWait, Digits);
    }

    [Fact]
    public void TheServerServesOneAfterTheOtherAtItsLoadWhenServiceStarts()
    {
        var t = new Timeline(World with { Server = World.Server with { Loads = [10] } });
        var first = t.At(1, "cut1@3/4b", 3);    // at the server 1.132 - 1.352
        var second = t.At(1, "cut1@2/4b", 3);   // head until 1.16, sent until 1.192, there at 1.212, served from 1.352
        Assert.Equal(0.132 + 0.22 + 0.02, t.End(first).Latency, Digits);
        Assert.Equal(0.352 + 0.12 + 0.02, t.Outcomes[second].Latency, Digits);
        Assert.Equal(0.12, t.Outcomes[second].Server, Digits);
    }

    [Fact]
    public void ALongerRoundTripIsHalfBeforeAndHalfAfterTheServer()
    {
        var t = new Timeline(links: TestWorld.Constant(rttMs: 100));
        Assert.Equal(0.2 + 0.1 + 0.03, t.End(t.At(1, "remote@3")).Latency, Digits);
    }

    [Fact]
    public void AStageOfZeroWorkIsBypassed()
    {
        // Heads and tails of no time: neither waits for the busy device nor for the busy server.
        var profile = TestWorld.Profile with
        {
            Partitions = [.. TestWorld.Profile.Partitions.Select(p => p.Cut == 1 && p.Exit == 0 ? p with { HeadMs = new(0, 0), TailMs = new(0, 0) } : p)],
        };
        var scenario = World with { Server = World.Server with { TimeFactor = 20 } };
        var model = new CostModel(new CostTable(profile, PlanTable.Of(profile, [8], false), scenario), scenario);
        var t = new Timeline(model: model);
        t.At(0, "cut1@3/8b", 2);                    // head until 0.08, at the server from 0.164
        t.At(0.05, "local@3", 2);                   // device until 0.38
        var o = t.End(t.At(0.2, "cut1@1/8b", 2));
        Assert.Equal(0.064 + 0.04, o.Latency, Digits);
        Assert.Equal(0, o.DeviceWait + o.Device + o.Server);
    }

    [Fact]
    public void ALateTransferIsCancelledAndTheBranchAnswersAtTheDeadline()
    {
        // 0.1 Mbit/s: the input would take 2 s. A quarter of 0.6 s leaves time for exit 1 (0.1 s): cancelled at 0.5 s.
        var t = new Timeline(links: TestWorld.Constant(1e5));
        var o = t.End(t.At(1, "remote@3"));
        Assert.Equal(OutcomeKind.Fallback, o.Kind);
        Assert.Equal(0.6, o.Accuracy);
        Assert.Equal(0.6, o.Latency, Digits);
        Assert.Equal(0.5, o.Reward, Digits);
        Assert.Equal(0.5, o.Uplink, Digits);
        Assert.Equal(6250, o.BytesSent, 6);
        Assert.Equal(0.1, o.Device, Digits);
        Assert.Equal(2.926 * 0.5 + 0.0767 * 0.05 + 3 * 0.1, o.Energy, Digits);
        Assert.Equal(1.6, t.KnownAt[0], Digits);
    }

    [Fact]
    public void TheBranchIsTheMostAccurateThatTheShareOfTheDeadlineAllows()
    {
        var t = new Timeline(links: TestWorld.Constant(1e5));
        Assert.Equal(0.8, t.End(t.At(1, "remote@3", 1)).Accuracy);
        Assert.Equal(0.8, t.Outcomes[0].Uplink, Digits);
    }

    [Fact]
    public void ABranchBeyondTheTimeLeftGivesWayToAQuickerOne()
    {
        // The head waits for the device until 0.3 and is ready at 0.46; of 0.55 s a quarter would allow 0.1375 s, but only 0.09 s are left.
        var scenario = World with { Reward = World.Reward with { FallbackShare = 0.5 } };
        var t = new Timeline(scenario, TestWorld.Constant(1e5));
        t.At(0, "local@3", 1);
        var o = t.End(t.At(0, "cut2@3/8b", 0.55));
        Assert.Equal(OutcomeKind.Fallback, o.Kind);
        Assert.Equal(0.8, o.Accuracy);
        Assert.Equal(0.05, o.Uplink, Digits);
    }

    [Fact]
    public void ACancelledTransferFreesTheLink()
    {
        var t = new Timeline(links: TestWorld.Constant(1e5));
        t.At(0, "remote@3");                        // cancelled at 0.5
        var next = t.At(0.1, "cut2@3/4b", 2);       // 1,000 bytes: 0.08 s, ready at 0.26
        Assert.Equal(0.24, t.End(next).UplinkWait, Digits);
    }

    [Fact]
    public void ACancelledAnswerFreesTheServer()
    {
        var t = new Timeline(World with { Server = World.Server with { TimeFactor = 100 } });
        t.At(0, "remote@3");                        // served from 0.22, given up at 0.5
        var next = t.At(0.1, "cut1@3/8b", 4);       // sent 0.2 - 0.264, at the server at 0.284, served from 0.5
        var o = t.End(next);
        Assert.Equal(0.28, t.Outcomes[0].Server, Digits);
        Assert.Equal(0.5 + 2.2 + 0.02 - 0.1, o.Latency, Digits);
    }

    [Fact]
    public void WithoutABranchInTimeItIsAMissAtTheDeadline()
    {
        var t = new Timeline(links: TestWorld.Constant(1e5));
        var o = t.End(t.At(1, "remote@3", 0.08)); // even exit 1 takes 0.1 s
        Assert.Equal(OutcomeKind.Missed, o.Kind);
        Assert.Equal(-0.3, o.Reward, Digits);
        Assert.Equal(0.08, o.Latency, Digits);
        Assert.Equal(0, o.Accuracy);
        Assert.Equal(1000, o.BytesSent, 6);
        Assert.Equal(1.08, t.KnownAt[0], Digits);
    }

    [Fact]
    public void ABusyDeviceCannotSaveALateAnswer()
    {
        var t = new Timeline(links: TestWorld.Constant(1e5));
        var late = t.At(0, "remote@3");             // given up at 0.5, when the device is busy until 0.7
        t.At(0.4, "local@3", 1);
        var o = t.End(late);
        Assert.Equal(OutcomeKind.Missed, o.Kind);
        Assert.Equal(0, o.Device);
    }

    [Fact]
    public void TheBranchGoesFirstOnTheDevice()
    {
        // Given up at 0.8, just when the device has finished one request and another waits for it.
        var t = new Timeline(links: TestWorld.Constant(1e5));
        var late = t.At(0, "remote@3", 1);
        t.At(0.5, "local@3", 1);
        var waits = t.At(0.6, "local@1", 1);
        Assert.Equal(OutcomeKind.Fallback, t.End(late).Kind);
        Assert.Equal(0.4, t.Outcomes[waits].DeviceWait, Digits);
    }

    [Fact]
    public void HopelessWorkIsNotStarted()
    {
        var t = new Timeline();
        t.At(0, "local@3", 1);
        var hopeless = t.At(0.05, "local@3", 0.4);  // its turn comes at 0.3 and it would end at 0.6
        var next = t.At(0.1, "local@1", 0.6);
        Assert.Equal(0.3, t.End(next).Latency, Digits);
        Assert.Equal(OutcomeKind.Missed, t.Outcomes[hopeless].Kind);
        Assert.Equal(0, t.Outcomes[hopeless].Energy);
        Assert.Equal(0.3, t.KnownAt[hopeless], Digits);
    }

    [Fact]
    public void WaitingForTheDeviceEndsAtTheDeadline()
    {
        var t = new Timeline();
        t.At(0, "local@3", 1);
        var waits = t.At(0, "local@1", 0.2);
        t.End(waits);
        Assert.Equal(OutcomeKind.Missed, t.Outcomes[waits].Kind);
        Assert.Equal(0.2, t.KnownAt[waits], Digits);
    }

    [Fact]
    public void DropPaysLikeAMissAtTheFullDeadlineAndIsKnownAtOnce()
    {
        var t = new Timeline();
        var o = t.End(t.At(1, "drop"));
        Assert.Equal(OutcomeKind.Dropped, o.Kind);
        Assert.Equal(-0.3, o.Reward, Digits);
        Assert.Equal(0.6, o.Latency, Digits);
        Assert.Equal(0, o.Energy + o.BytesSent);
        Assert.Equal(1, t.KnownAt[0], Digits);
    }

    [Fact]
    public void AProbeJoinsTheUplinkAndCostsBytesTimeAndEnergy()
    {
        var t = new Timeline();
        var probes = t.At(0, "local@1+probe", 1);
        var waits = t.At(0, "remote@3", 1);         // behind the train: 24,000 bytes take 0.192 s
        Assert.Equal(0.192, t.End(waits).UplinkWait, Digits);
        Assert.Equal(0.1, t.Outcomes[probes].Latency, Digits);
        Assert.Equal(49_000, t.Stations.BytesSent, 6);
        Assert.Equal(3 * 0.1 + 2.926 * 0.392 + 0.0767 * 0.392, t.Stations.Energy, Digits);
    }

    [Fact]
    public void AProbeIsCutOffAtItsDeadline()
    {
        var t = new Timeline(links: TestWorld.Constant(1e5));
        t.At(0, "drop+probe");                      // the train would take 1.92 s
        var next = t.At(0.1, "cut2@3/4b", 2);
        Assert.Equal(0.6 - 0.26, t.End(next).UplinkWait, Digits);
        Assert.Equal(7500 + 1000, t.Stations.BytesSent, 6);
    }

    [Fact]
    public void HeatSlowsTheDeviceAndTheBranchStillComesInTime()
    {
        var heat = new HeatSpec(TimeConstant: 1, From: 0, To: 0.5, MaxSlowdown: 2);
        var t = new Timeline(World with { Device = World.Device with { Heat = heat } }, TestWorld.Constant(1e5));
        t.At(0, "local@3", 2);                      // cool: 0.3 s; the heat is then 1 - e^-0.3
        var hot = t.At(0.3, "local@1", 2);
        var heated = 1 - Math.Exp(-0.3);
        Assert.Equal(0.1 * (1 + heated / 0.5), t.End(hot).Device, 6);

        var late = t.At(3, "remote@3", 2);
        var o = t.End(late);
        Assert.Equal(OutcomeKind.Fallback, o.Kind);
        Assert.True(o.Latency <= 2);
    }

    [Fact]
    public void RadioTailsAndIdlingAreChargedOnce()
    {
        var scenario = World with { Radio = new RadioSpec(2, 0, TailWatts: 1, TailSeconds: 0.5), Device = World.Device with { IdleWatts = 0.25 } };
        var t = new Timeline(scenario);
        t.At(0, "remote@3");                        // sends 0 - 0.2, tail until 0.7
        t.At(0.4, "remote@3");                      // sends 0.4 - 0.6 after 0.2 s of tail
        t.At(2, "remote@3");                        // sends 2 - 2.2 after a full tail
        t.Stations.Drain();                         // and a full one at the end; the last answer comes at 2.27
        Assert.Equal(2 * 0.6 + 0.2 + 0.5 + 0.5 + 0.25 * 2.27, t.Stations.Energy, Digits);
    }

    [Fact]
    public void ACopyGoesOnAlikeAndAlone()
    {
        var t = new Timeline(links: TestWorld.Varying());
        t.At(0, "remote@3", 1);
        t.At(0.1, "cut1@3/8b", 1);
        t.At(0.2, "local@2", 1);
        var copy = new Timeline(links: TestWorld.Varying());
        copy.Stations.CopyFrom(t.Stations);
        Assert.Equal(t.Stations.FutureHash(), copy.Stations.FutureHash());
        t.Stations.Drain();
        Assert.Equal(3, copy.Stations.InFlight);
        copy.Stations.Drain();
        Assert.Equal(t.Stations.TotalReward, copy.Stations.TotalReward);
        Assert.Equal(t.Stations.Energy, copy.Stations.Energy);
        Assert.Equal(t.Outcomes, copy.Outcomes);
    }
}

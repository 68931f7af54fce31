using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Simulation;

namespace RlOffload.Tests.Environment.Simulation;

/// <summary>Stations.Unseen.cs: transfers of which only their answer tells how long the link took. The input of <see cref="TestWorld"/> is 25,000 bytes; its link is thought to carry 1 Mbit/s in 40 ms.</summary>
public sealed class StationsUnseenTests : IWorld, IOutcomeSink
{
    private const double Prior = 1e6;

    private readonly CostModel _model = TestWorld.Model();
    private readonly Stations _stations;
    private readonly List<Outcome> _outcomes = [];

    public StationsUnseenTests()
    {
        _stations = new Stations(_model, this) { Sink = this };
        _stations.Reset();
    }

    [Fact]
    public void NothingIsLearnedUntilTheAnswerTellsAndThenItIsTheLinksTimeThatCounts()
    {
        Send(0, at: 0.1);
        Assert.Equal((Prior, Observation.MaxAge), (Seen().LastRate, Seen().RateAge));
        var before = _stations.Energy;
        _stations.Answered(0, roundTrip: 0.03, load: 2, server: 0.01, 0.6, uplink: 0.5);
        var outcome = _outcomes.Single();
        Assert.Equal((OutcomeKind.Answered, 0.5, 0.03, 0.6), (outcome.Kind, outcome.Uplink, outcome.RoundTrip, outcome.Latency));
        Assert.Equal(_model.SendEnergy(0.5, 25_000), outcome.Energy, 1e-9);
        Assert.Equal(_model.SendEnergy(0.5, 25_000) - _model.SendEnergy(0.1, 25_000), _stations.Energy - before, 1e-9);
        Assert.Equal(25_000 * 8 / 0.5, Seen().LastRate, 1e-3);
        Assert.Equal(0.6 - 0.5, Seen().RateAge, 1e-9);
        Assert.Equal(0.5, _stations.UplinkSeconds, 1e-9);
    }

    [Fact]
    public void WhatNobodyCouldTellApartIsTheRoundTripThatIsKnownAndTheRestTheLinks()
    {
        Send(0, at: 0.001);
        _stations.Answered(0, roundTrip: 0.24, load: 1, server: 0.01, 0.25, uplink: double.NaN);
        Assert.Equal((0.2, 0.04), (Math.Round(_outcomes.Single().Uplink, 9), Math.Round(_outcomes.Single().RoundTrip, 9)));
        Assert.Equal(25_000 * 8 / 0.2, Seen().LastRate, 1e-3);
    }

    [Fact]
    public void AMessageThatIsNotAnsweredInTimeSaysThatTheLinkIsNoFaster()
    {
        Send(0, at: 0.001);
        _stations.Advance(1);
        Assert.NotEqual(OutcomeKind.Answered, _outcomes.Single().Kind);
        var seen = Seen();
        Assert.Equal(0.76, _outcomes.Single().Uplink, 1e-9);
        // Given up where the device could still answer by itself, at 0.8 s; 40 ms of them were no link's.
        Assert.Equal(25_000 * 8 / (0.8 - 0.04), seen.LastRate, 1);
        Assert.Equal(0.2, seen.RateAge, 1e-9);
    }

    [Fact]
    public void WhatWasGivenUpMayStillBeAheadOfTheNextSoItIsNoSlowLinkThatDoesNotAnswerThatOne()
    {
        Send(0, at: 0.001);
        _stations.Advance(1);
        Send(1, at: 1.001, plan: "cut2@3/8b", head: 0.16);
        _stations.Advance(2);
        Assert.Equal(2, _outcomes.Count);
        var rate = Seen().LastRate;
        // 2,000 bytes in half a second would be 0.03 Mbit/s; together with the 25,000 before them they say nothing new.
        Assert.InRange(rate, 25_000 * 8 / 0.77, 27_000 * 8 / 0.5);
        // An answer says that nothing is ahead any more.
        Send(2, at: 2.001);
        _stations.Answered(2, 0.04, 1, 0.01, 2.3, uplink: 0.2);
        Send(3, at: 2.301, plan: "cut2@3/8b", head: 0.16);
        _stations.Advance(3.5);
        Assert.InRange(Seen().LastRate, 2_000 * 8 / 0.7, 2_000 * 8 / 0.3);
    }

    [Fact]
    public void AnAnsweredProbeTeachesTheRateAndAFailedOneNothing()
    {
        _stations.Probe(-2, 5);
        _stations.Taken(-2, probe: true, 0.001);
        _stations.Sent(-2, probe: true, 0.001);
        Assert.Equal(Prior, Seen().LastRate);
        _stations.Probed(roundTrip: 0.05, uplink: 0.096, 0.15);
        Assert.Equal(24_000 * 8 / 0.096, Seen().LastRate, 1e-3);
        Assert.Equal(0.05, Seen().RateAge, 1e-9);
        _stations.Probe(-3, 5);
        _stations.Taken(-3, probe: true, 0.2);
        _stations.Failed(-3, probe: true, 0.3);
        Assert.Equal(24_000 * 8 / 0.096, Seen().LastRate, 1e-3);
    }

    double IWorld.Deadline(int request) => 1;

    int IWorld.Image(int request) => -1;

    double IWorld.RoundTrip(int request) => double.PositiveInfinity;

    double IWorld.Compute(in Job job, double now, double seconds) => job.Stage == Stage.OnFallback ? now + seconds : double.PositiveInfinity;

    double IWorld.Send(in Job job, double now) => double.PositiveInfinity;

    double IWorld.LoadAt(double now) => 1;

    double IWorld.Carried(in Job job, double now) => job.Bytes;

    double IWorld.BytesBetween(double from, double to) => 0;

    void IWorld.Stop(in Job job)
    {
    }

    void IOutcomeSink.Deliver(in Outcome outcome) => _outcomes.Add(outcome);

    private void Send(int request, double at, string plan = "remote@3", double head = 0)
    {
        _stations.Arrive();
        _stations.Accept(request, Enumerable.Range(0, _model.Count).Single(p => _model.Table.Plans[p].ToString() == plan));
        if (head > 0)
            _stations.Computed(request, _stations.Now + head);
        _stations.Taken(request, probe: false, at + head);
        _stations.Sent(request, probe: false, at + head);
    }

    private Observation Seen()
    {
        var seen = new Observation();
        _stations.Observe(99, seen);
        return seen;
    }
}

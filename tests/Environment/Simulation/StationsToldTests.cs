using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Simulation;

namespace RlOffload.Tests.Environment.Simulation;

/// <summary>Stations.Told.cs: books on a world that says when things end. Times of <see cref="TestWorld"/>: cut 1 80 ms, exits 100, 200, 300 ms.</summary>
public sealed class StationsToldTests : IWorld, IOutcomeSink
{
    private readonly CostModel _model = TestWorld.Model();
    private readonly Stations _stations;
    private readonly List<string> _done = [];
    private readonly List<Outcome> _outcomes = [];
    private double _carried;

    public StationsToldTests()
    {
        _stations = new Stations(_model, this) { Sink = this, Margin = 0.01 };
        _stations.Reset();
    }

    [Fact]
    public void NothingEndsBeforeItIsTold()
    {
        Accept(0, "local@2");
        _stations.Advance(0.5);
        Assert.Empty(_outcomes);
        _stations.Computed(0, 0.55);
        Assert.Equal((OutcomeKind.Answered, 0.55), (_outcomes.Single().Kind, Math.Round(_outcomes.Single().Latency, 9)));
    }

    [Fact]
    public void AnAnswerPassesTheStationsAsItIsTold()
    {
        Accept(0, "cut2@3/8b");
        _stations.Computed(0, 0.17);
        _stations.Sent(0, probe: false, 0.2);
        _stations.Answered(0, roundTrip: 0.03, load: 4, server: 0.1, 0.33);
        var outcome = _outcomes.Single();
        Assert.Equal(["head 0", "send 0"], _done);
        Assert.Equal((OutcomeKind.Answered, 0.17, 0.03, 0.1), (outcome.Kind, Math.Round(outcome.Device, 9), outcome.RoundTrip, outcome.Server));
        var seen = new Observation();
        _stations.Observe(1, seen);
        Assert.Equal((0.03, 4), (seen.Rtt, seen.ServerLoad));
    }

    [Fact]
    public void ALateAnswerIsGivenUpAMarginBeforeTheBranchMustBegin()
    {
        Accept(0, "cut2@3/8b");
        _stations.Computed(0, 0.16);
        var branch = _model.Fallback(Plan("cut2@3/8b"), 1, 0.17);
        Assert.Equal(1 - branch.Seconds - 0.01, _stations.NextEvent, 9);
        _stations.Advance(1 - branch.Seconds - 0.009);
        Assert.Equal(["head 0", "send 0", "stop 0 OnUplink", $"branch 0 exit {branch.Exit}"], _done);
        _stations.Answered(0, 0.03, 1, 0.1, 0.95); // too late, and nobody waits for it
        Assert.Empty(_outcomes);
        _stations.Computed(0, 0.995);
        Assert.Equal(OutcomeKind.Fallback, _outcomes.Single().Kind);
    }

    [Fact]
    public void AFailureLetsTheMostAccurateBranchThatFitsTakeOverAtOnce()
    {
        Accept(0, "cut2@3/8b");
        _stations.Computed(0, 0.16);
        _stations.Failed(0, probe: false, 0.2);
        Assert.Equal(["head 0", "send 0", "branch 0 exit 2"], _done); // 140 ms are left for: the deepest
        _stations.Computed(0, 0.34);
        Assert.Equal((OutcomeKind.Fallback, 0.9), (_outcomes.Single().Kind, _outcomes.Single().Accuracy));
        var seen = new Observation();
        _stations.Observe(1, seen);
        Assert.Equal(Observation.MaxAge, seen.RateAge); // nothing was carried, so nothing was learned
    }

    [Fact]
    public void AFailureWithoutTimeForAnyBranchIsAMiss()
    {
        Accept(0, "remote@1"); // its branches are whole networks: 100 ms and more
        _stations.Advance(0.61);
        Accept(1, "local@3"); // busy until 0.91
        _stations.Failed(0, probe: false, 0.78);
        Assert.Equal((0, OutcomeKind.Missed), (_outcomes.Single().Request, _outcomes.Single().Kind));
    }

    [Fact]
    public void WhereOnlyTheMarginStandsAgainstABranchAFailureIsAnsweredByIt()
    {
        Accept(0, "cut2@3/8b");
        _stations.Computed(0, 0.16);
        _stations.Advance(0.655);
        Accept(1, "local@3"); // busy until 0.955
        _stations.Failed(0, probe: false, 0.84);
        Assert.Empty(_outcomes);
        _stations.Computed(1, 0.955);
        Assert.Equal("branch 0 exit 1", _done[^1]);
        _stations.Computed(0, 0.996);
        Assert.Equal((0, OutcomeKind.Fallback), (_outcomes[^1].Request, _outcomes[^1].Kind));
    }

    [Fact]
    public void AHeadThatEndsLateHasABranchAsLongAsOneFitsWithoutTheMargin()
    {
        Accept(1, "local@3");
        Accept(2, "local@3");
        Accept(3, "local@2");
        _stations.Advance(0.005);
        Accept(0, "cut2@3/8b"); // deadline 1.005, head from 0.8 to 0.96, then 40 ms of a branch
        foreach (var (request, at) in ((int, double)[])[(1, 0.3), (2, 0.6), (3, 0.8), (0, 0.96)])
            _stations.Computed(request, at);
        Assert.Equal(0.965, _stations.NextEvent, 6);
        _stations.Advance(0.9651);
        Assert.Equal(["send 0", "stop 0 OnUplink", "branch 0 exit 1"], _done[^3..]);
        _stations.Computed(0, 0.999);
        Assert.Equal((0, OutcomeKind.Fallback), (_outcomes[^1].Request, _outcomes[^1].Kind));
    }

    [Fact]
    public void ABrokenTransferIsARateAllTheSame()
    {
        Accept(0, "remote@1");
        _carried = 5000;
        _stations.Failed(0, probe: false, 0.4);
        var seen = new Observation();
        _stations.Observe(1, seen);
        Assert.Equal(100_000, seen.LastRate, 1);
    }

    [Fact]
    public void ADeviceThatCannotComputeLeavesAMissAndGoesOn()
    {
        Accept(0, "local@1");
        Accept(1, "local@1");
        _stations.Broken(0, 0.05);
        Assert.Equal(OutcomeKind.Missed, _outcomes.Single().Kind);
        Assert.Equal(["head 0", "head 1"], _done);
    }

    [Fact]
    public void AProbeOutlivesItsRequestAndItsFailureIsNobodysLoss()
    {
        Accept(0, "local@1+probe");
        _stations.Computed(0, 0.1);
        Assert.Single(_outcomes);
        _stations.Failed(0, probe: true, 0.2);
        Assert.Equal(double.PositiveInfinity, _stations.NextEvent);
        Accept(1, "local@1+probe");
        _carried = 24000;
        _stations.Sent(1, probe: true, 0.4);
        var seen = new Observation();
        _stations.Observe(1, seen);
        Assert.Equal(24000 * 8 / 0.2, seen.LastRate, 1);
    }

    [Fact]
    public void WhatIsToldTwiceOrOfNobodyIsIgnored()
    {
        _stations.Computed(7, 0.1);
        _stations.Sent(7, probe: true, 0.1);
        _stations.Answered(7, 0, 1, 0, 0.1);
        _stations.Failed(7, probe: false, 0.1);
        _stations.Broken(7, 0.1);
        Accept(0, "local@1");
        _stations.Computed(0, 0.2);
        _stations.Computed(0, 0.3);
        Assert.Single(_outcomes);
    }

    double IWorld.Deadline(int request) => 1;

    int IWorld.Image(int request) => -1;

    double IWorld.RoundTrip(int request) => double.PositiveInfinity;

    double IWorld.Compute(in Job job, double now, double seconds)
    {
        _done.Add(job.Stage == Stage.OnFallback ? $"branch {job.Request} exit {job.BranchExit}" : $"head {job.Request}");
        return double.PositiveInfinity;
    }

    double IWorld.Send(in Job job, double now)
    {
        _done.Add(job.IsProbe ? $"probe {job.Request}" : $"send {job.Request}");
        return double.PositiveInfinity;
    }

    double IWorld.LoadAt(double now) => 1;

    double IWorld.Carried(in Job job, double now) => Math.Min(job.Bytes, _carried);

    double IWorld.BytesBetween(double from, double to) => 0;

    void IWorld.Stop(in Job job) => _done.Add($"stop {job.Request} {job.Stage}");

    void IOutcomeSink.Deliver(in Outcome outcome) => _outcomes.Add(outcome);

    private int Plan(string text) => Enumerable.Range(0, _model.Count).Single(p => _model.Table.Plans[p].ToString() == text);

    private void Accept(int request, string plan)
    {
        _stations.Arrive();
        _stations.Accept(request, Plan(plan));
    }
}

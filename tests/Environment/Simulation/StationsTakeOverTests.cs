using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Simulation;

namespace RlOffload.Tests.Environment.Simulation;

public class StationsTakeOverTests
{
    [Fact]
    public void RequestsUnderWayEndAsTheyWerePlannedAndNobodyCanChooseTheirPlansAgain()
    {
        var old = TestWorld.Model();
        var next = TestWorld.Model(bits: [2], probe: false);
        var draw = new WindowDraw(old.Scenario, TestWorld.Constant(), 5);
        draw.Draw(0);
        var sink = new List();
        var (untouched, stations) = (new Stations(old, draw) { Sink = new List() }, new Stations(old, draw) { Sink = sink });
        var plan = old.Table.Plans.IndexOf(old.Table.Plans.Plans.First(p => p is { Kind: PlanKind.Split, Bits: 4, Exit: 2 }));
        foreach (var s in new[] { untouched, stations })
        {
            s.Reset();
            s.Accept(0, plan);
        }
        stations.TakeOver(next);
        Assert.Equal(next.Count + 1, stations.Allowed.Length);
        Assert.False(stations.Allowed[^1]);
        Assert.Equal(next.Table.Allowed(true).ToArray(), stations.Allowed[..next.Count].ToArray());
        foreach (var s in new[] { untouched, stations })
            s.Drain();
        Assert.Equal(untouched.TotalReward, stations.TotalReward);
        Assert.Equal(untouched.Energy, stations.Energy, 9);
        Assert.Equal((0, OutcomeKind.Answered), (Assert.Single(sink.Outcomes).Request, sink.Outcomes[0].Kind));

        // A second time only what is still under way is kept.
        stations.TakeOver(old);
        Assert.Equal(old.Count, stations.Allowed.Length);
    }

    [Fact]
    public void WhatWasSpentStaysSpentWhateverTheNextScenarioCosts()
    {
        Scenario With(double idle, double tail, BatterySpec? battery = null) => TestWorld.Scenario with
        {
            Device = TestWorld.Scenario.Device with { IdleWatts = idle, Battery = battery }, Radio = TestWorld.Scenario.Radio with { TailWatts = tail, TailSeconds = 2 },
        };
        var old = TestWorld.Model(With(idle: 0.5, tail: 1));
        var draw = new WindowDraw(old.Scenario, TestWorld.Constant(), 5);
        draw.Draw(0);
        var stations = new Stations(old, draw);
        stations.Reset();
        stations.Accept(0, old.Table.Plans.IndexOf(old.Table.Plans.Plans.First(p => p.Kind == PlanKind.Remote)));
        stations.Advance(1);
        var spent = stations.Energy;
        Assert.True(spent > 0.5);
        stations.TakeOver(TestWorld.Model(With(idle: 3, tail: 5, new BatterySpec(CapacityJoules: 100, StartJoules: 40))));
        Assert.Equal(spent, stations.Energy, 9);
        Assert.Equal(40, stations.BatteryJoules, 9);
        stations.Advance(11);
        Assert.True(stations.Energy >= spent + 30, $"{stations.Energy} {spent}");
        Assert.True(stations.BatteryJoules <= 10);
    }

    private sealed class List : IOutcomeSink
    {
        public List<Outcome> Outcomes { get; } = [];

        public void Deliver(in Outcome outcome) => Outcomes.Add(outcome);
    }
}

using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Simulation;

namespace RlOffload.Tests.Environment.Simulation;

/// <summary>Stations that are given requests at chosen times, so that what happens can be worked out by hand.</summary>
internal sealed class Timeline : IOutcomeSink
{
    private readonly WindowDraw _draw;
    private int _requests;

    public Timeline(Scenario? scenario = null, ILinks? links = null, CostModel? model = null)
    {
        Model = model ?? TestWorld.Model(scenario ?? TestWorld.Scenario);
        _draw = new WindowDraw(Model.Scenario, links ?? TestWorld.Constant(), TestWorld.Seed);
        _draw.Draw(0);
        Stations = new Stations(Model, _draw) { Sink = this };
    }

    public CostModel Model { get; }
    public Stations Stations { get; }
    public Dictionary<int, Outcome> Outcomes { get; } = [];

    /// <summary>When each outcome became known, by the stations' clock.</summary>
    public Dictionary<int, double> KnownAt { get; } = [];

    /// <summary>Plans a request that arrives at <paramref name="time"/>; returns its number.</summary>
    public int At(double time, string plan, double deadline = 0.6, int image = -1, double? rtt = null)
    {
        Stations.Advance(time);
        Stations.Arrive();
        (_draw.ArrivalTimes[_requests], _draw.Deadlines[_requests]) = (time, deadline);
        (_draw.Images[_requests], _draw.Rtts[_requests]) = (image, rtt ?? _draw.Rtts[_requests]);
        Stations.Accept(_requests, Enumerable.Range(0, Model.Count).Single(p => Model.Table.Plans[p].ToString() == plan));
        return _requests++;
    }

    public Outcome End(int request)
    {
        Stations.Drain();
        return Outcomes[request];
    }

    public Observation Look(double time, double deadline = 0.6)
    {
        Stations.Advance(time);
        _draw.Deadlines[_requests] = deadline;
        var o = new Observation();
        Stations.Observe(_requests, o);
        return o;
    }

    void IOutcomeSink.Deliver(in Outcome outcome)
    {
        Outcomes.Add(outcome.Request, outcome); // throws if a request were answered twice
        KnownAt[outcome.Request] = Stations.Now;
    }
}

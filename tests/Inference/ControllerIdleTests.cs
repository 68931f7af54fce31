using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Simulation;
using RlOffload.Inference;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Policies;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Inference;

/// <summary>What the controller does by itself while no request comes.</summary>
public sealed class ControllerIdleTests : IDisposable
{
    private readonly CostModel _model = TestWorld.Model();
    private readonly ManualTime _time = new();
    private readonly LinkEstimator _link = new();
    private readonly Observation _seen = new();
    private readonly FlightPool _pool = new(() => new Flight(null, 0));
    private readonly Mailbox _mailbox;
    private readonly Recorded _remote;
    private readonly Deployment _deployment;

    public ControllerIdleTests()
    {
        _mailbox = new Mailbox(new RunClock(_time));
        _remote = new Recorded { Now = () => _time.Seconds };
        _deployment = new Deployment(_model, new Seeing(_model, _seen), _remote, _remote, _pool);
    }

    public void Dispose()
    {
        _mailbox.Dispose();
        _pool.Dispose();
    }

    [Fact]
    public void AnIdleLinkIsProbedWithinTheBudgetAndABusyOneIsNot()
    {
        var controller = new Controller(_deployment, _mailbox, 0, _ => { }) { Probes = new ProbeBudget(3000, CostModel.ProbeBytes), Link = _link, ProbeIdle = 4 };
        for (var now = 0.0; now < 60; now = _time.Seconds = Math.Min(60, Math.Max(now + 1e-6, controller.NextEvent)))
        {
            controller.Pump(now);
            if (_remote.Under is not { } probe)
                continue;
            // It takes 0.2 s.
            _time.Seconds = now + 0.2;
            _mailbox.Post(new Happened(What.Sent, probe, _time.Seconds, Probe: true));
            _remote.Under = null;
            controller.Pump(_time.Seconds);
            Assert.InRange(_link.At(_time.Seconds).Age, 0, 1e-6);
        }
        // The first when the budget has filled, 8 s; then every 8 s, as it allows.
        Assert.Equal([8, 16, 24, 32, 40, 48, 56], _remote.Probes.Select(p => Math.Round(p)));
        Assert.Equal(_remote.Probes.Count, _remote.Numbers.Distinct().Count());
        Assert.All(_remote.Numbers, n => Assert.True(n < -1));
        Assert.InRange(_link.At(60).Rate, 0.9 * CostModel.ProbeBytes * 8 / 0.2, 1.1 * CostModel.ProbeBytes * 8 / 0.2);
        Assert.True(controller.Energy > 0);
    }

    [Fact]
    public void AnIdleServerIsPingedAndItsAnswerRefreshesRoundTripAndLoadButNotTheRate()
    {
        var controller = new Controller(_deployment, _mailbox, 0, _ => { }) { Link = _link, PingIdle = 3 };
        for (var now = 0.0; now < 20; now = _time.Seconds = Math.Min(20, Math.Max(now + 1e-6, controller.NextEvent)))
        {
            controller.Pump(now);
            // The second one is not answered.
            if (_remote.Pings.Count is 1 or >= 3 && _remote.Pings[^1].At == now)
                _mailbox.Post(new Happened(What.Pinged, _remote.Pings[^1].Number, now, Probe: true, RoundTrip: 0.25, Load: _remote.Pings.Count == 1 ? double.NaN : 2.5));
            controller.Pump(now);
        }
        Assert.Equal([3, 6, 9, 12, 15, 18], _remote.Pings.Select(p => Math.Round(p.At, 3)));
        Assert.Equal(_remote.Pings[1].Number, Assert.Single(_remote.Stopped));
        Assert.Empty(_remote.Probes);
        controller.Submit(0, deadline: 1, (_, _) => { });
        controller.Pump(_time.Seconds);
        Assert.Equal((0.25, 2.5), (_seen.Rtt, _seen.ServerLoad));
        Assert.Equal(2, _seen.ServerLoadAge, 1e-6);
        Assert.Equal(_model.Scenario.Uplink.PriorBitsPerSecond, _seen.Rate, 1e-3);
        Assert.Equal((0, 5), _link.At(20) is var known ? (known.Transfers, known.Answers) : default);
        Assert.Equal(0.25, _link.At(20).Rtt, 1e-9);
    }

    /// <summary>Takes probes and never ends one by itself.</summary>
    private sealed class Recorded : IDevice, IRemote
    {
        public List<double> Probes { get; } = [];
        public List<(int Number, double At)> Pings { get; } = [];
        public List<int> Stopped { get; } = [];
        public List<int> Numbers { get; } = [];
        public int? Under { get; set; }
        public Func<double>? Now { get; set; }

        public void ComputeHead(Flight flight, double begun, double seconds) => flight.Release();

        public void ComputeBranch(Flight flight, int exit, double begun, double seconds) => flight.Release();

        public void Stop(Flight flight) { }

        public void Send(Flight flight) => flight.Release();

        public void SendProbe(int request)
        {
            Under = request;
            Numbers.Add(request);
            Probes.Add(Now!());
        }

        public void Ping(int number)
        {
            Numbers.Add(number);
            Pings.Add((number, Now!()));
        }

        public void Stop(int request, bool probe) => Stopped.Add(request);

        public double Carried(double now) => CostModel.ProbeBytes;

        public double BytesBetween(double from, double to) => 0;
    }

    /// <summary>Keeps what it saw last, and chooses by greed.</summary>
    private sealed class Seeing(CostModel model, Observation seen) : IPolicy
    {
        public string Name => "seeing";

        public void Begin(int window)
        {
        }

        public int Decide(Observation observation, ReadOnlySpan<bool> mask)
        {
            seen.CopyFrom(observation);
            return GreedyFallback.Decide(model, observation, mask);
        }
    }
}

using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Simulation;
using RlOffload.Inference;
using RlOffload.Inference.Flights;

namespace RlOffload.Tests.Inference;

/// <summary>
/// Device, link and server that take exactly the time that a window's draws say, by events that the test fires: what a controller would meet in a
/// world that is as the simulator thinks. Written apart from the simulator, which it is compared with.
/// </summary>
internal sealed class VirtualWorld : IDevice, IRemote, IDisposable
{
    private readonly Dictionary<string, CostModel> _models;
    private readonly WindowDraw _draw;
    private readonly ManualTime _time = new();
    private readonly Mailbox _mailbox;
    private readonly FlightPool _pool = new(() => new Flight(null, 0));
    private readonly PriorityQueue<(double At, Action Act), double> _events = new();
    private readonly List<(int Request, double Seconds, double Sent)> _atServer = [];
    private readonly HashSet<(int Request, bool Probe)> _stopped = [];
    private int _onServer = -1;
    private double _now, _sendStart;
    private double _sending;

    /// <param name="refuses">Requests whose transfer is refused the moment it begins.</param>
    public VirtualWorld(CostModel model, WindowDraw draw, IPolicy policy, Func<int, bool>? refuses = null, Breaker? breaker = null, bool[]? ready = null)
    {
        (_models, _draw, Refuses) = (new() { ["first"] = model }, draw, refuses ?? (_ => false));
        _mailbox = new Mailbox(new RunClock(_time));
        Controller = new Controller(new Deployment(model, policy, this, this, _pool, ready, "first"), _mailbox, margin: 0, f =>
        {
            Ended.Add((f.Outcome, f.Reason, f.Plan, f.Seen.Rate));
            Deciders[f.Request] = f.Policy!;
        }, breaker);
    }

    /// <summary>Hash of the deployment that decided, by request.</summary>
    public Dictionary<int, string> Deciders { get; } = [];

    /// <summary>Another deployment takes over at that time.</summary>
    /// <param name="network">Whether it brings flights of its own, as one with another network does.</param>
    public void SwapAt(double at, string hash, CostModel model, IPolicy policy, bool network = false)
    {
        _models[hash] = model;
        var pool = network ? new FlightPool(() => new Flight(null, 0)) : _pool;
        At(at, () => _ = Controller.Swap(new Deployment(model, policy, this, this, pool, hash: hash)));
    }

    public Controller Controller { get; }
    public Func<int, bool> Refuses { get; }
    public List<(Outcome Outcome, Reason Reason, OffloadPlan Plan, double Rate)> Ended { get; } = [];

    public void Play()
    {
        for (var i = 0; i < _draw.Requests; i++)
        {
            var request = i;
            _events.Enqueue((_draw.ArrivalTimes[i], () => Controller.Submit(request, _draw.Deadlines[request], (_, _) => { })), _draw.ArrivalTimes[i]);
        }
        while (true)
        {
            var next = Controller.NextEvent;
            if (_events.TryPeek(out var e, out var at) && at <= next)
            {
                _events.Dequeue();
                Move(at);
                e.Act();
            }
            else if (double.IsPositiveInfinity(next))
                return;
            else
                Move(next);
            Controller.Pump(_now);
        }
    }

    public void ComputeHead(Flight flight, double begun, double seconds)
    {
        var (table, plan, request) = (_models[flight.Policy!].Table, flight.PlanIndex, flight.Request);
        if (table.Ways(plan).IsEmpty)
        {
            Schedule(begun + seconds, What.Computed, request);
            return;
        }
        var (taken, pace) = (table.WayOf(plan, _draw.Images[request]), seconds / table[plan].DeviceSeconds);
        for (var way = 0; way <= taken; way++)
            Schedule(begun + table.Ways(plan)[way].DeviceSeconds * pace, way == taken ? What.Computed : What.Passed, request, way);
    }

    public void ComputeBranch(Flight flight, int exit, double begun, double seconds) => Schedule(begun + seconds, What.Computed, flight.Request);

    public void Stop(Flight flight) { }

    public void Send(Flight flight)
    {
        var request = flight.Request;
        var cost = _models[flight.Policy!].Table[flight.PlanIndex];
        flight.Pool!.Release(flight);
        if (Refuses(request))
        {
            _mailbox.Post(new Happened(What.Failed, request, _now, Reason: Reason.Unreachable));
            return;
        }
        Begin(cost.Bytes);
        var sent = _now + _draw.SendSeconds(_now, _sending);
        At(sent, () =>
        {
            if (_stopped.Contains((request, false)))
                return;
            _mailbox.Post(new Happened(What.Sent, request, sent));
            At(sent + _draw.Rtts[request] / 2, () =>
            {
                _atServer.Add((request, cost.ServerSeconds, sent));
                Serve();
            });
        });
    }

    public void SendProbe(int request)
    {
        Begin(CostModel.ProbeBytes);
        var sent = _now + _draw.SendSeconds(_now, _sending);
        At(sent, () =>
        {
            if (!_stopped.Contains((request, true)))
                _mailbox.Post(new Happened(What.Sent, request, sent, Probe: true));
        });
    }

    public void Ping(int number) => throw new InvalidOperationException("nobody asked for pings");

    public void Stop(int request, bool probe)
    {
        _stopped.Add((request, probe));
        if (_onServer == request && !probe)
        {
            _onServer = -1;
            Serve();
        }
    }

    public double Carried(double now) => Math.Min(_sending, _draw.BytesBetween(_sendStart, now));

    public double BytesBetween(double from, double to) => _draw.BytesBetween(from, to);

    public void Dispose()
    {
        _mailbox.Dispose();
        _pool.Dispose();
    }

    private void Serve()
    {
        _atServer.RemoveAll(j => _stopped.Contains((j.Request, false)));
        if (_onServer >= 0 || _atServer.Count == 0)
            return;
        var (request, seconds, sent) = _atServer[0];
        _atServer.RemoveAt(0);
        _onServer = request;
        var (start, load) = (_now, _draw.LoadAt(_now));
        At(start + seconds * load, () =>
        {
            if (_onServer != request || _stopped.Contains((request, false)))
                return;
            _onServer = -1;
            var rtt = _draw.Rtts[request];
            At(_now + rtt / 2, () =>
            {
                if (!_stopped.Contains((request, false)))
                    _mailbox.Post(new Happened(What.Answered, request, _now, RoundTrip: rtt, Load: load, Server: seconds * load));
            });
            Serve();
        });
    }

    private void Begin(double bytes) => (_sendStart, _sending) = (_now, bytes);

    private void Schedule(double at, What what, int request, int way = -1) => At(at, () => _mailbox.Post(new Happened(what, request, at, Way: way)));

    private void At(double at, Action act) => _events.Enqueue((at, act), at);

    private void Move(double to)
    {
        _now = Math.Max(_now, to);
        _time.Seconds = _now;
    }
}

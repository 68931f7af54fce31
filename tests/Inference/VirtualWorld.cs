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
    private readonly List<(int Request, double Seconds, double Uplink, double Since)> _atServer = [];
    private readonly HashSet<(int Request, bool Probe)> _stopped = [];
    private readonly Dictionary<int, double> _taken = [];
    private int _onServer = -1;
    private readonly bool _modem;
    private double _now, _sendStart, _sending, _free;

    /// <param name="refuses">Requests whose transfer is refused the moment it begins.</param>
    /// <param name="modem">A modem takes in whatever is sent at once, and the server tells how long it took to come.</param>
    public VirtualWorld(CostModel model, WindowDraw draw, IPolicy policy, Func<int, bool>? refuses = null, Breaker? breaker = null, bool[]? ready = null, bool modem = false)
    {
        _modem = modem;
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
        flight.WireBytes = (long)cost.Bytes;
        flight.Pool!.Release(flight);
        if (Refuses(request))
        {
            _mailbox.Post(new Happened(What.Failed, request, _now, Reason: Reason.Unreachable));
            return;
        }
        var (uplink, sent) = Begin(cost.Bytes, request, probe: false);
        At(sent, () =>
        {
            if (_stopped.Contains((request, false)) && !_modem)
                return;
            if (!_modem)
                _mailbox.Post(new Happened(What.Sent, request, sent));
            At(sent + _draw.Rtts[request] / 2, () =>
            {
                _atServer.Add((request, cost.ServerSeconds, uplink, _now));
                Serve();
            });
        });
    }

    public void SendProbe(int request)
    {
        var (uplink, sent) = Begin(CostModel.ProbeBytes, request, probe: true);
        var rtt = _modem ? _draw.Rtts[Math.Max(request, 0)] : 0;
        At(sent + rtt, () =>
        {
            if (!_stopped.Contains((request, true)))
                _mailbox.Post(new Happened(_modem ? What.Probed : What.Sent, request, _now, Probe: true, RoundTrip: rtt, Uplink: _modem ? uplink : 0, Told: _modem));
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

    public double Carried(double now) => _modem ? _sending : Math.Min(_sending, _draw.BytesBetween(_sendStart, now));

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
        var (request, seconds, uplink, since) = _atServer[0];
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
                    _mailbox.Post(new Happened(What.Answered, request, _now, RoundTrip: _modem ? _now - _taken[request] - uplink - (start - since) - seconds * load : rtt, Load: load, Server: seconds * load,
                        Uplink: _modem ? uplink : 0, Told: _modem));
            });
            Serve();
        });
    }

    /// <returns>How long the link takes, s, and when it has done so.</returns>
    private (double Uplink, double Sent) Begin(double bytes, int request, bool probe)
    {
        (_sendStart, _sending) = (_now, bytes);
        var begins = _modem ? Math.Max(_now, _free) : _now;
        var uplink = _draw.SendSeconds(begins, bytes);
        _free = begins + uplink;
        if (!_modem)
            return (uplink, _free);
        if (!probe)
            _taken[request] = _now;
        _mailbox.Post(new Happened(What.Sent, request, _now, Probe: probe, Unseen: true));
        return (uplink, _free);
    }

    private void Schedule(double at, What what, int request, int way = -1) => At(at, () => _mailbox.Post(new Happened(what, request, at, Way: way)));

    private void At(double at, Action act) => _events.Enqueue((at, act), at);

    private void Move(double to)
    {
        _now = Math.Max(_now, to);
        _time.Seconds = _now;
    }
}

using System.Net.Sockets;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Emulation;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Wire;

namespace RlOffload.Inference.Remote;

/// <summary>
/// Sends messages to a server and waits for the answers. How long to wait is the controller's to say, by <see cref="Stop"/>; a server that is gone, breaks
/// off, refuses or answers nonsense is told to the controller as a reason. What a request needs is kept for a later one: over frames, sending and answering allocates nothing.
/// </summary>
public sealed class RemoteClient : IRemote, IDisposable
{
    private readonly IServerWire _wire;
    private readonly IRequestWriter _writer;
    private readonly CostModel _model;
    private readonly Mailbox _mailbox;
    private readonly FlightPool _pool;
    private readonly ShapedLink? _link;
    private readonly EmulatedPath? _path;
    private readonly Lock _gate = new();
    private readonly Dictionary<(int Request, bool Probe), Call> _open = [];
    private readonly Stack<Call> _free = [];
    private volatile bool _closed;
    private volatile bool _tells; // the server has said how long a message took to come in

    /// <param name="link">Shapes what is sent; null: the network does. The same as of the wire.</param>
    internal RemoteClient(IServerWire wire, IRequestWriter writer, CostModel model, Mailbox mailbox, FlightPool pool, ShapedLink? link, EmulatedPath? path) =>
        (_wire, _writer, _model, _mailbox, _pool, _link, _path) = (wire, writer, model, mailbox, pool, link, path);

    /// <summary>Over the network as it is.</summary>
    /// <param name="inputEncoding">How split 0 sends the input.</param>
    public static RemoteClient Connect(RemoteOptions options, PartitionSet partitions, string inputEncoding, CostModel model, Mailbox mailbox, FlightPool pool) =>
        Connect(options, partitions, inputEncoding, model, mailbox, pool, new ShapedLink(null, mailbox.Clock));

    private static RemoteClient Connect(
        RemoteOptions options, PartitionSet partitions, string inputEncoding, CostModel model, Mailbox mailbox, FlightPool pool, ShapedLink counted) =>
        new(options.Open(mailbox.Clock, counted, partitions), options.Writer(partitions, inputEncoding), model, mailbox, pool, counted, null);

    /// <summary>What the server last said when it refused a message; null if it never did.</summary>
    public string? LastRefusal { get; private set; }

    /// <summary>Opens the connection and takes the first request's one-time costs.</summary>
    /// <returns>Whether the server answered.</returns>
    public async Task<bool> WarmUp(CancellationToken cancel)
    {
        try
        {
            return await _wire.WarmUp(cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            return false;
        }
    }

    public void Send(Flight flight) => Begin(flight, flight.Request);

    public void SendProbe(int request) => Begin(null, request);

    public void Ping(int number) => Begin(null, number, isPing: true);

    public void Stop(int request, bool probe)
    {
        lock (_gate)
        {
            if (!_open.TryGetValue((request, probe), out var call))
                return;
            call.Stop();
            // Not here and now: what hangs on the token would run on the controller's loop.
            _ = call.Held?.CancelAsync();
            _wire.Stop(call);
        }
    }

    public double Carried(double now) => _link?.Carried(now) ?? 0;

    public double BytesBetween(double from, double to) => _link?.BytesBetween(from, to) ?? 0;

    public void Dispose()
    {
        lock (_gate)
            _closed = true;
        _wire.Dispose();
    }

    private void Begin(Flight? flight, int request, bool isPing = false)
    {
        Call? call;
        lock (_gate)
        {
            if (!_free.TryPop(out call))
                call = new Call(this);
            call.Begin(flight, request, isPing);
            _open.Add((request, flight is null), call);
        }
        _wire.Begin(call);
    }

    /// <summary>The one place where a call ends: its last word is said, its flight let go of, and it is free for another request.</summary>
    private void End(Call call, Happened? last)
    {
        var flight = call.Flight;
        bool tells;
        lock (_gate)
        {
            tells = !call.Stopped && !_closed;
            _open.Remove((call.Request, flight is null));
            call.Held = null;
            _free.Push(call);
        }
        // Not within the gate: who is woken by it wants to send the next one.
        if (tells && last is { } happened)
            _mailbox.Post(happened);
        if (flight is not null)
            _pool.Release(flight);
    }

    /// <summary>One request or probe, from the controller's word to its own last one.</summary>
    private sealed class Call(RemoteClient client) : Exchange
    {
        private double _begunAt, _leavesAt = double.NaN, _sentAt = double.NaN;

        /// <summary>While an answer is held back because the path behind the link is emulated.</summary>
        public CancellationTokenSource? Held { get; set; }

        public override bool TryPrepare()
        {
            _leavesAt = _sentAt = double.NaN;
            _begunAt = client._mailbox.Clock.Now;
            // Split 0: nothing was computed, so nothing was packed yet.
            if (Flight is { MessageBytes: 0 } flight)
                lock (client._writer)
                    flight.MessageBytes = client._writer.Write(flight.Plan, (ulong)flight.Request, flight.Pixels, flight.Store!, ref flight.Message);
            // What a ping's few bytes take says nothing of the link.
            if (!IsPing)
                client._link?.Begin();
            return Flight is not { MessageBytes: < 0 };
        }

        public override void Leaves() => _leavesAt = client._mailbox.Clock.Now;

        public override void Sent()
        {
            _sentAt = client._mailbox.Clock.Now;
            if (Flight is { } flight)
                flight.WireBytes = (long)(client._link?.Carried(_sentAt) ?? flight.MessageBytes);
            if (!IsPing && !Stopped && !client._closed)
                client._mailbox.Post(new Happened(What.Sent, Request, _sentAt, Probe: Flight is null, Unseen: client._path is null));
        }

        public override void End(in Reply reply)
        {
            if (reply.Reason == Reason.Refused)
                client.LastRefusal = reply.Refusal;
            if (Stopped)
                client.End(this, null);
            else if (IsPing)
                client.End(this, reply.Reason == Reason.None ? Pinged(reply) : null);
            else if (Flight is null)
                client.End(this, double.IsNaN(_sentAt) ? Failed(reply) : reply.Reason == Reason.None && client._path is null ? Arrived(What.Probed, reply, 0) : null);
            else if (reply.Reason != Reason.None)
                client.End(this, Failed(reply));
            else
                Deliver(Flight, reply);
        }

        /// <summary>
        /// A ping's few bytes leave together, so its time begins with the first: the answer of a server nearby is read before the sender has seen the last one leave. The server's own factor
        /// is the scenario's; what it takes beyond that is its load.
        /// </summary>
        private Happened Pinged(in Reply reply) => new(What.Pinged, Request, reply.At, Probe: true, RoundTrip: Math.Max(0, reply.At - (double.IsNaN(_leavesAt) ? _sentAt : _leavesAt)),
            Load: reply.Pace > 0 ? reply.Pace / client._model.Scenario.Server.TimeFactor : double.NaN);

        private Happened Failed(in Reply reply) =>
            new(What.Failed, Request, client._mailbox.Clock.Now, Probe: Flight is null, Reason: Flight is null ? Reason.None : reply.Reason, RetryAfter: reply.RetryAfter);

        private void Deliver(Flight flight, in Reply reply)
        {
            (flight.ServerWaited, flight.ServerComputed, flight.RemoteClass) = (reply.Header.WaitedSeconds, reply.Header.ComputedSeconds, reply.Class);
            var nominal = client._model.Table[flight.PlanIndex].ServerSeconds;
            if (client._path is { } path)
            {
                _ = Hold(path.Answer(Request, _sentAt, reply.At, nominal));
                return;
            }
            // Only the server's own durations are used, never its clock. A server that says none is taken to compute as fast as the profile says.
            var computed = reply.Timed ? reply.Header.ComputedSeconds : nominal;
            client.End(this, Arrived(What.Answered, reply, reply.Header.WaitedSeconds + computed) with { Load = nominal > 0 ? computed / nominal : 1, Server = computed });
        }

        /// <summary>
        /// How long the link carried it is what the server saw coming. One that never says so is as good as the socket's word; one that else does, but not now, got too little to tell: then
        /// the time is told as a whole.
        /// </summary>
        /// <param name="server">What the server took from the last byte to its answer, s.</param>
        private Happened Arrived(What what, in Reply reply, double server)
        {
            // Nothing is answered before it was sent, whichever of the two threads looked at the clock first.
            var at = Math.Max(reply.At, _sentAt);
            var began = double.IsNaN(_leavesAt) ? _begunAt : _leavesAt;
            var told = reply.Received > 0;
            client._tells |= told;
            var uplink = told ? Math.Min(reply.Received, at - began) : client._tells ? double.NaN : Math.Max(_sentAt - began, 1e-6);
            var sent = double.IsNaN(uplink) ? began : Math.Max(_sentAt, began + uplink);
            return new Happened(what, Request, at, Probe: Flight is null, RoundTrip: Math.Max(0, at - sent - server), Uplink: uplink, Told: told);
        }

        private async Task Hold(EmulatedAnswer answer)
        {
            var held = new CancellationTokenSource();
            lock (client._gate)
            {
                Held = held;
                if (Stopped)
                    held.Cancel();
            }
            try
            {
                await client._mailbox.Clock.Until(answer.AnswerAt, held.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Nobody waits for it any more.
            }
            var now = client._mailbox.Clock.Now;
            client.End(this, new Happened(What.Answered, Request, now, RoundTrip: now - _sentAt - answer.Waited - answer.Server, Load: answer.Load, Server: answer.Server));
        }
    }
}

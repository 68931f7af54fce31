using System.Net.Sockets;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Emulation;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Wire;

namespace RlOffload.Inference.Remote;

/// <summary>
/// Sends messages to a server and waits for the answers. How long to wait is the controller's to say, by <see cref="Stop"/>; a server that is gone, breaks
/// off, refuses or answers nonsense is told to the controller as a reason.
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
    private readonly Dictionary<(int Request, bool Probe), CancellationTokenSource> _open = [];

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

    public void Send(Flight flight) => _ = SendAsync(flight, flight.Request, Open(flight.Request, probe: false));

    public void SendProbe(int request) => _ = ProbeAsync(request, Open(request, probe: true));

    public void Stop(int request, bool probe)
    {
        lock (_open)
            // Not here and now: what hangs on the token would run on the controller's loop.
            if (_open.TryGetValue((request, probe), out var cancel))
                _ = cancel.CancelAsync();
    }

    public double Carried(double now) => _link?.Carried(now) ?? 0;

    public double BytesBetween(double from, double to) => _link?.BytesBetween(from, to) ?? 0;

    public void Dispose() => _wire.Dispose();

    private async Task SendAsync(Flight flight, int request, CancellationTokenSource cancel)
    {
        // The controller's loop must not wait for what happens here.
        await Task.Yield();
        var (reason, retryAfter) = (Reason.BrokenOff, 0.0);
        try
        {
            if (flight.MessageBytes == 0)
                Encode(flight);
            (reason, retryAfter) = flight.MessageBytes < 0 ? (Reason.NotFinite, 0) : await Exchange(flight, request, cancel.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            reason = Reason.None;
        }
        catch (HttpRequestException e)
        {
            reason = e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError ? Reason.Unreachable : Reason.BrokenOff;
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            reason = Reason.BrokenOff;
        }
        finally
        {
            Close(request, probe: false);
            if (reason != Reason.None && !cancel.IsCancellationRequested)
                _mailbox.Post(new Happened(What.Failed, request, _mailbox.Clock.Now, Reason: reason, RetryAfter: retryAfter));
            _pool.Release(flight);
        }
    }

    private async Task<(Reason Reason, double RetryAfter)> Exchange(Flight flight, int request, CancellationToken cancel)
    {
        var sent = 0.0;
        _link?.Begin();
        var reply = await _wire.Exchange(flight, request, () =>
        {
            sent = _mailbox.Clock.Now;
            flight.WireBytes = (long)(_link?.Carried(sent) ?? flight.MessageBytes);
            _mailbox.Post(new Happened(What.Sent, request, sent));
        }, cancel).ConfigureAwait(false);
        if (reply.Reason == Reason.Refused)
            LastRefusal = reply.Refusal;
        if (reply.Reason != Reason.None)
            return (reply.Reason, reply.RetryAfter);
        (flight.ServerWaited, flight.ServerComputed) = (reply.Header.WaitedSeconds, reply.Header.ComputedSeconds);
        flight.RemoteClass = reply.Class;
        await Deliver(flight, request, sent, reply, cancel).ConfigureAwait(false);
        return (Reason.None, 0);
    }

    private async Task Deliver(Flight flight, int request, double sent, Reply reply, CancellationToken cancel)
    {
        var nominal = _model.Table[flight.PlanIndex].ServerSeconds;
        if (_path is null)
        {
            // Only the server's own durations are used, never its clock. A server that says none is taken to compute as fast as the profile says.
            var computed = reply.Timed ? reply.Header.ComputedSeconds : nominal;
            _mailbox.Post(new Happened(What.Answered, request, reply.At, RoundTrip: Math.Max(0, reply.At - sent - reply.Header.WaitedSeconds - computed),
                Load: nominal > 0 ? computed / nominal : 1, Server: computed));
            return;
        }
        var answer = _path.Answer(request, sent, reply.At, nominal);
        await _mailbox.Clock.Until(answer.AnswerAt, cancel).ConfigureAwait(false);
        var now = _mailbox.Clock.Now;
        _mailbox.Post(new Happened(What.Answered, request, now, RoundTrip: now - sent - answer.Waited - answer.Server, Load: answer.Load, Server: answer.Server));
    }

    private async Task ProbeAsync(int request, CancellationTokenSource cancel)
    {
        await Task.Yield();
        var (sent, failed) = (false, true);
        try
        {
            _link?.Begin();
            await _wire.Probe(request, () =>
            {
                sent = true;
                _mailbox.Post(new Happened(What.Sent, request, _mailbox.Clock.Now, Probe: true));
            }, cancel.Token).ConfigureAwait(false);
            failed = false;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException or OperationCanceledException)
        {
            failed = !cancel.IsCancellationRequested;
        }
        finally
        {
            Close(request, probe: true);
            if (failed && !sent)
                _mailbox.Post(new Happened(What.Failed, request, _mailbox.Clock.Now, Probe: true));
        }
    }

    /// <summary>Split 0: nothing was computed, so nothing was packed yet.</summary>
    private void Encode(Flight flight)
    {
        lock (_writer)
            flight.MessageBytes = _writer.Write(flight.Plan, (ulong)flight.Request, flight.Pixels, flight.Store!, ref flight.Message);
    }

    private CancellationTokenSource Open(int request, bool probe)
    {
        var cancel = new CancellationTokenSource();
        lock (_open)
            _open.Add((request, probe), cancel);
        return cancel;
    }

    private void Close(int request, bool probe)
    {
        lock (_open)
            _open.Remove((request, probe));
    }
}

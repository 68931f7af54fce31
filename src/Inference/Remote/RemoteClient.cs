using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Emulation;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Wire;

namespace RlOffload.Inference.Remote;

/// <summary>
/// Sends messages to a <see cref="RemoteServer"/> by HTTP/1.1 and waits for the answers. How long to wait is the controller's to say, by
/// <see cref="Stop"/>; a server that is gone, breaks off, refuses or answers nonsense is told to the controller as a reason.
/// </summary>
public sealed class RemoteClient : IRemote, IDisposable
{
    private const int MostAnswerBytes = 64 << 20;

    /// <summary>A probe's request line and headers, which belong to its bytes.</summary>
    private const int ProbeHead = 140;

    private readonly Uri _infer, _probe, _health;
    private readonly RequestWriter _writer;
    private readonly CostModel _model;
    private readonly Mailbox _mailbox;
    private readonly FlightPool _pool;
    private readonly ShapedLink? _link;
    private readonly EmulatedPath? _path;
    private readonly HttpClient _http;
    private readonly Dictionary<(int Request, bool Probe), CancellationTokenSource> _open = [];
    private readonly byte[] _train = new byte[(int)CostModel.ProbeBytes - ProbeHead];

    /// <param name="server">Such as http://10.0.0.2:8500.</param>
    /// <param name="link">Shapes what is sent; null: the network does.</param>
    internal RemoteClient(Uri server, RequestWriter writer, CostModel model, Mailbox mailbox, FlightPool pool, ShapedLink? link, EmulatedPath? path)
    {
        (_infer, _probe, _health) = (new Uri(server, RemoteServer.InferPath), new Uri(server, RemoteServer.ProbePath), new Uri(server, RemoteServer.HealthPath));
        (_writer, _model, _mailbox, _pool, _link, _path) = (writer, model, mailbox, pool, link, path);
        _http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            ConnectCallback = Connect,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestVersion = HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    /// <summary>What the server last said when it refused a message; null if it never did.</summary>
    public string? LastRefusal { get; private set; }

    /// <summary>Opens the connection and takes the first request's one-time costs.</summary>
    /// <returns>Whether the server answered.</returns>
    public async Task<bool> WarmUp(CancellationToken cancel)
    {
        try
        {
            using var content = new MessageContent(_train.AsMemory(0, 64), () => { });
            using var probe = await _http.PostAsync(_probe, content, cancel).ConfigureAwait(false);
            using var health = await _http.GetAsync(_health, cancel).ConfigureAwait(false);
            return probe.IsSuccessStatusCode && health.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
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

    public void Dispose() => _http.Dispose();

    private async Task SendAsync(Flight flight, int request, CancellationTokenSource cancel)
    {
        // The controller's loop must not wait for what happens here.
        await Task.Yield();
        var reason = Reason.BrokenOff;
        try
        {
            if (flight.MessageBytes == 0)
                Encode(flight);
            reason = flight.MessageBytes < 0 ? Reason.NotFinite : await Exchange(flight, request, cancel.Token).ConfigureAwait(false);
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
                _mailbox.Post(new Happened(What.Failed, request, _mailbox.Clock.Now, Reason: reason));
            _pool.Release(flight);
        }
    }

    private async Task<Reason> Exchange(Flight flight, int request, CancellationToken cancel)
    {
        var sent = 0.0;
        _link?.Begin();
        using var content = new MessageContent(flight.Message.AsMemory(0, flight.MessageBytes), () =>
        {
            sent = _mailbox.Clock.Now;
            flight.WireBytes = (long)(_link?.Carried(sent) ?? flight.MessageBytes);
            _mailbox.Post(new Happened(What.Sent, request, sent));
        });
        using var message = new HttpRequestMessage(HttpMethod.Post, _infer) { Content = content };
        using var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            var text = await response.Content.ReadAsStringAsync(cancel).ConfigureAwait(false);
            LastRefusal = $"{(int)response.StatusCode} {text[..Math.Min(text.Length, 300)].TrimEnd()}";
            return Reason.Refused;
        }
        if (response.Content.Headers.ContentLength is not (>= AnswerHeader.Size and <= MostAnswerBytes and var length))
            return Reason.Malformed;
        var buffer = ArrayPool<byte>.Shared.Rent((int)length);
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
            await stream.ReadExactlyAsync(buffer.AsMemory(0, (int)length), cancel).ConfigureAwait(false);
            var answered = _mailbox.Clock.Now;
            var header = AnswerHeader.Read(buffer.AsSpan(0, (int)length), out var problem);
            if (problem is not null || header.Request != (ulong)request || header.Exit != flight.Plan.Exit)
                return Reason.Malformed;
            (flight.ServerWaited, flight.ServerComputed) = (header.WaitedSeconds, header.ComputedSeconds);
            flight.RemoteClass = Classes.Best(MemoryMarshal.Cast<byte, float>(buffer.AsSpan(AnswerHeader.Size, header.PayloadBytes)));
            await Deliver(flight, request, sent, answered, header, cancel).ConfigureAwait(false);
            return Reason.None;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task Deliver(Flight flight, int request, double sent, double answered, AnswerHeader header, CancellationToken cancel)
    {
        var nominal = _model.Table[flight.PlanIndex].ServerSeconds;
        if (_path is null)
        {
            // Only the server's own durations are used, never its clock.
            var server = header.WaitedSeconds + header.ComputedSeconds;
            _mailbox.Post(new Happened(What.Answered, request, answered, RoundTrip: Math.Max(0, answered - sent - server),
                Load: nominal > 0 ? header.ComputedSeconds / nominal : 1, Server: header.ComputedSeconds));
            return;
        }
        var answer = _path.Answer(request, sent, answered, nominal);
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
            using var content = new MessageContent(_train, () =>
            {
                sent = true;
                _mailbox.Post(new Happened(What.Sent, request, _mailbox.Clock.Now, Probe: true));
            });
            using var message = new HttpRequestMessage(HttpMethod.Post, _probe) { Content = content };
            using var response = await _http.SendAsync(message, cancel.Token).ConfigureAwait(false);
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

    private async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancel).ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        var stream = new NetworkStream(socket, ownsSocket: true);
        return _link is null ? stream : new ShapedStream(stream, _link);
    }
}

using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Emulation;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Wire;

namespace RlOffload.Inference.Remote;

/// <summary>
/// This project's messages one after the other on one socket, which is opened again when it broke. Answers come in any order. A message that is given up before
/// its last byte has left takes the connection with it, one that is given up later does not. One loop sends and one (<see cref="FrameChannel"/>) reads for as long as the wire
/// lives, and awaits nothing but what the socket keeps itself: a message that goes out and its answer allocate nothing.
/// </summary>
internal sealed class FrameWire : IServerWire
{
    private readonly Uri _server;
    private readonly RunClock _clock;
    private readonly ShapedLink? _link;
    private readonly string? _token;
    private readonly Channel<Exchange> _queue = Channel.CreateUnbounded<Exchange>(new UnboundedChannelOptions { SingleReader = true });
    private readonly byte[] _train = new byte[(int)CostModel.ProbeBytes];
    private readonly Lock _gate = new();
    private volatile FrameChannel? _channel;
    private (Exchange? For, CancellationTokenSource? Cancel) _connecting;
    private volatile bool _closed;

    public FrameWire(Uri server, RunClock clock, ShapedLink? link, string? token)
    {
        (_server, _clock, _link, _token) = (server, clock, link, token);
        _ = SendAll();
    }

    public async Task<bool> WarmUp(CancellationToken cancel)
    {
        var probe = new FirstProbe();
        probe.Begin(null, -1);
        Begin(probe);
        await using (cancel.Register(() =>
        {
            probe.Stop();
            Stop(probe);
        }).ConfigureAwait(false))
        {
            var reply = await probe.Ended.ConfigureAwait(false);
            cancel.ThrowIfCancellationRequested();
            return reply.Reason == Reason.None;
        }
    }

    public void Begin(Exchange exchange)
    {
        if (!_queue.Writer.TryWrite(exchange))
            exchange.End(new Reply(Reason.BrokenOff, _clock.Now));
    }

    public void Stop(Exchange exchange)
    {
        lock (_gate)
            if (_connecting.For == exchange)
                _ = _connecting.Cancel!.CancelAsync();
        _channel?.Stop(exchange);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            _ = _connecting.Cancel?.CancelAsync();
        }
        _queue.Writer.TryComplete();
        _channel?.Dispose();
    }

    private async Task SendAll()
    {
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
            while (_queue.Reader.TryRead(out var exchange))
            {
                FrameChannel? channel = null;
                var (begun, sent) = (false, false);
                Reply? end = null; // null: it waits for its answer
                try
                {
                    if (exchange.Stopped || _closed)
                    {
                        end = new Reply(Reason.BrokenOff, _clock.Now);
                    }
                    else if (!exchange.TryPrepare())
                    {
                        end = new Reply(Reason.NotFinite, _clock.Now);
                    }
                    else
                    {
                        channel = _channel is { IsOpen: true } open ? open : await Connect(exchange).ConfigureAwait(false);
                        begun = channel.TryBegin(exchange);
                        if (!begun)
                        {
                            end = new Reply(Reason.BrokenOff, _clock.Now);
                            continue;
                        }
                        exchange.Leaves();
                        for (var left = FrameOf(exchange); left.Length > 0;)
                        {
                            var bytes = channel.Next(left.Length, out var at);
                            if (at > _clock.Now)
                                await channel.Until(at).ConfigureAwait(false);
                            await channel.Write(left[..bytes]).ConfigureAwait(false);
                            channel.Passed();
                            left = left[bytes..];
                        }
                        exchange.Sent();
                        sent = true;
                    }
                }
                catch (SocketException) when (channel is null)
                {
                    end = new Reply(Reason.Unreachable, _clock.Now);
                }
                catch (Exception)
                {
                    // Whatever became of one message, those behind it are sent. A part of the frame may have left: what follows would be read as its rest.
                    channel?.Break(Reason.BrokenOff);
                    end = new Reply(Reason.BrokenOff, _clock.Now);
                }
                finally
                {
                    // What was answered before it had left whole was not answered.
                    if (begun && channel!.Left(exchange) is var early && (sent || early is { Reason: not Reason.None }))
                        end = early;
                    if (end is { } reply)
                        exchange.End(reply);
                }
            }
    }

    private ReadOnlyMemory<byte> FrameOf(Exchange exchange)
    {
        if (exchange.Flight is { } flight)
            return flight.Message.AsMemory(0, flight.MessageBytes);
        var bytes = exchange.IsPing ? ControlHeader.Size : _train.Length;
        new ControlHeader(ControlKind.Probe, bytes - ControlHeader.Size, (ulong)exchange.Request).Write(_train);
        return _train.AsMemory(0, bytes);
    }

    /// <summary>For the exchange that is to be sent first.</summary>
    /// <exception cref="SocketException">Nobody listens.</exception>
    private async Task<FrameChannel> Connect(Exchange exchange)
    {
        var cancel = new CancellationTokenSource();
        lock (_gate)
        {
            _connecting = (exchange, cancel);
            if (exchange.Stopped || _closed)
                cancel.Cancel();
        }
        try
        {
            var channel = await Open(cancel.Token).ConfigureAwait(false);
            _channel = channel;
            if (_closed)
                channel.Dispose();
            return channel;
        }
        finally
        {
            lock (_gate)
                _connecting = default;
        }
    }

    private async Task<FrameChannel> Open(CancellationToken cancel)
    {
        var secured = _server.Scheme == "tls";
        // Below TLS, whose bytes are the link's too; else the channel goes by the link itself.
        var stream = await ServerConnection.Open(new DnsEndPoint(_server.Host, _server.Port), secured ? _link : null, cancel).ConfigureAwait(false);
        try
        {
            if (secured)
            {
                var secure = new SslStream(stream);
                stream = secure;
                await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = _server.Host }, cancel).ConfigureAwait(false);
            }
            if (_token is not null)
            {
                var hello = new byte[ControlHeader.Size + Encoding.UTF8.GetByteCount(_token)];
                new ControlHeader(ControlKind.Hello, hello.Length - ControlHeader.Size, 0).Write(hello);
                Encoding.UTF8.GetBytes(_token, hello.AsSpan(ControlHeader.Size));
                await stream.WriteAsync(hello, cancel).ConfigureAwait(false);
                await stream.FlushAsync(cancel).ConfigureAwait(false);
            }
            var channel = new FrameChannel(stream, secured ? null : _link, _clock);
            _ = channel.ReadAll();
            return channel;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private sealed class FirstProbe : Exchange
    {
        private readonly TaskCompletionSource<Reply> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<Reply> Ended => _ended.Task;

        public override bool TryPrepare() => true;

        public override void Sent()
        {
        }

        public override void End(in Reply reply) => _ended.SetResult(reply);
    }
}

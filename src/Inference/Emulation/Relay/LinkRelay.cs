using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using RlOffload.Environment;
using RlOffload.Inference.Flights;

namespace RlOffload.Inference.Emulation.Relay;

/// <summary>
/// A TCP relay between devices and a server whose bytes take the time that a link's trace says, in each direction. All connections share the link, as they would.
/// The trace begins with the first connection. Where the link is slow, the sockets fill and the sender has to wait, as at a modem.
/// </summary>
public sealed class LinkRelay : IAsyncDisposable
{
    /// <summary>Bytes are taken from the sender so long before the link is free for them, so that it never waits for this program to wake.</summary>
    private const double Ahead = 0.02;

    /// <summary>What the kernel keeps for a sender that is faster than the link, besides what was taken already.</summary>
    private const int SocketBytes = 16 << 10;

    private const int MostPieces = 4096;

    private readonly Socket _listener;
    private readonly EndPoint _to;
    private readonly LinkReplay _up, _down;
    private readonly RunClock _clock;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _connections = [];
    private Task _accepting = Task.CompletedTask;
    private int _taken;

    /// <param name="listen">Where devices connect; port 0 takes a free one.</param>
    /// <param name="to">The server.</param>
    /// <exception cref="InputException">The address cannot be listened on.</exception>
    public LinkRelay(IPEndPoint listen, EndPoint to, LinkReplay up, LinkReplay down, TimeProvider time)
    {
        (_to, _up, _down, _clock) = (to, up, down, new RunClock(time));
        _listener = new Socket(listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = SocketBytes };
        try
        {
            _listener.Bind(listen);
            _listener.Listen(128);
        }
        catch (SocketException e)
        {
            _listener.Dispose();
            throw new InputException("link", "--listen", $"is {listen}, which cannot be listened on ({e.Message}); port 0 takes a free one");
        }
    }

    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>Connections so far.</summary>
    public int Connections => Volatile.Read(ref _taken);

    /// <summary>s since the trace began.</summary>
    public double Now => _clock.Now;

    public void Start() => _accepting = Accept();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        await Task.WhenAll(_connections).ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                var device = await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
                if (Interlocked.Increment(ref _taken) == 1)
                    _clock.Restart();
                _connections.RemoveAll(c => c.IsCompleted);
                _connections.Add(Serve(device));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It stops.
        }
    }

    private async Task Serve(Socket device)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = SocketBytes };
        using (device)
        using (var broken = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token))
            try
            {
                device.NoDelay = true;
                await server.ConnectAsync(_to, broken.Token).ConfigureAwait(false);
                await Task.WhenAll(Pump(device, server, _up, broken), Pump(server, device, _down, broken)).ConfigureAwait(false);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // The server is not there, one side left, or the relay stops: the other side sees its connection end.
                device.LingerState = new LingerOption(true, 0);
            }
    }

    private async Task Pump(Socket from, Socket to, LinkReplay link, CancellationTokenSource broken)
    {
        var pieces = Channel.CreateBounded<(byte[] Bytes, int Count, double At)>(MostPieces);
        var delivering = Deliver(pieces.Reader, to, broken.Token);
        try
        {
            while (true)
            {
                var piece = link.Piece(_clock.Now);
                var buffer = ArrayPool<byte>.Shared.Rent(piece);
                var count = await from.ReceiveAsync(buffer.AsMemory(0, piece), broken.Token).ConfigureAwait(false);
                if (count == 0)
                    break;
                var passage = link.Pass(_clock.Now, count);
                await pieces.Writer.WriteAsync((buffer, count, passage.DeliveredAt), broken.Token).ConfigureAwait(false);
                if (passage.SentAt - Ahead - _clock.Now is var early and > 0)
                    await Task.Delay(TimeSpan.FromSeconds(early), _clock.Time, broken.Token).ConfigureAwait(false);
            }
            pieces.Writer.Complete();
            await delivering.ConfigureAwait(false);
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            pieces.Writer.TryComplete();
            await broken.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task Deliver(ChannelReader<(byte[] Bytes, int Count, double At)> pieces, Socket to, CancellationToken cancel)
    {
        await foreach (var (bytes, count, at) in pieces.ReadAllAsync(cancel).ConfigureAwait(false))
        {
            await _clock.Until(at, cancel).ConfigureAwait(false);
            for (var sent = 0; sent < count;)
                sent += await to.SendAsync(bytes.AsMemory(sent, count - sent), cancel).ConfigureAwait(false);
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}

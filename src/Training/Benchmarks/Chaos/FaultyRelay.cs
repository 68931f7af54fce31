using System.Net;
using System.Net.Sockets;
using RlOffload.Environment;

namespace RlOffload.Training.Benchmarks.Chaos;

/// <summary>How often something goes wrong with a piece that passes, as probabilities.</summary>
/// <param name="Corrupt">One to four of its bytes are changed.</param>
/// <param name="Truncate">Only a part of it passes, then the connection ends.</param>
/// <param name="Cut">The connection is reset.</param>
/// <param name="Hold">It passes only after 20 to 200 ms.</param>
public sealed record Faults(double Corrupt = 2e-3, double Truncate = 5e-4, double Cut = 5e-4, double Hold = 2e-4);

/// <summary>A TCP relay that harms what passes in either direction, and counts what it did. What is harmed is drawn by seed; when, depends on how bytes come.</summary>
internal sealed class FaultyRelay : IDisposable
{
    private readonly Faults _faults;
    private readonly ulong _seed;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _connections;
    private volatile int _target;
    private long _cuts, _corrupted, _truncated, _held;

    public FaultyRelay(Faults faults, ulong seed)
    {
        (_faults, _seed) = (faults, seed);
        _listener.Start();
        _accepting = Accept();
    }

    public Uri Address => new($"tcp://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    /// <summary>The port of this machine that it leads to; 0: none, whoever connects is reset.</summary>
    public int Target { set => _target = value; }

    public long Cuts => Interlocked.Read(ref _cuts);
    public long Corrupted => Interlocked.Read(ref _corrupted);
    public long Truncated => Interlocked.Read(ref _truncated);
    public long Held => Interlocked.Read(ref _held);

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _accepting.Wait();
        _stop.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true)
                _ = Serve(await _listener.AcceptSocketAsync(_stop.Token).ConfigureAwait(false), ++_connections);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It stops.
        }
    }

    private async Task Serve(Socket device, int number)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (device)
            try
            {
                device.NoDelay = true;
                await server.ConnectAsync(IPAddress.Loopback, _target is > 0 and var port ? port : throw new SocketException((int)SocketError.ConnectionRefused), _stop.Token).ConfigureAwait(false);
                await Task.WhenAny(Pump(device, server, number, 0), Pump(server, device, number, 1)).ConfigureAwait(false);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                Reset(device);
            }
    }

    private async Task Pump(Socket from, Socket to, int number, int way)
    {
        var rng = Rng.Keyed(_seed, (ulong)number, (ulong)way, RngPurpose.Noise);
        var buffer = new byte[1 << 16];
        try
        {
            for (int read; (read = await from.ReceiveAsync(buffer, _stop.Token).ConfigureAwait(false)) > 0;)
            {
                var fault = rng.NextDouble();
                if ((fault -= _faults.Cut) < 0)
                {
                    Interlocked.Increment(ref _cuts);
                    break;
                }
                if ((fault -= _faults.Truncate) < 0)
                {
                    Interlocked.Increment(ref _truncated);
                    await Pass(to, buffer.AsMemory(0, rng.NextInt(read))).ConfigureAwait(false);
                    break;
                }
                if ((fault -= _faults.Corrupt) < 0)
                {
                    Interlocked.Increment(ref _corrupted);
                    for (var change = 1 + rng.NextInt(4); change > 0; change--)
                        buffer[rng.NextInt(read)] ^= (byte)(1 + rng.NextInt(255));
                }
                else if (fault < _faults.Hold)
                {
                    Interlocked.Increment(ref _held);
                    await Task.Delay(TimeSpan.FromMilliseconds(20 + rng.NextInt(180)), _stop.Token).ConfigureAwait(false);
                }
                await Pass(to, buffer.AsMemory(0, read)).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side left: the other is reset below.
        }
        Reset(from);
        Reset(to);
    }

    private async Task Pass(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[await to.SendAsync(bytes, _stop.Token).ConfigureAwait(false)..];
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Close();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is closed already.
        }
    }
}

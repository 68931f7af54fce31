using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using RlOffload.Inference.Emulation;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Wire;

namespace RlOffload.Inference.Remote;

/// <summary>
/// A connection on which frames go out, one after the other, and answers come in, each for the request that it names. Broken once, it stays broken. Whoever takes an exchange out of the
/// table ends it; the one whose frame is leaving belongs to the sender until its last byte has left, whatever comes meanwhile.
/// </summary>
/// <param name="link">Paces and counts what leaves; null: something below the stream does, or nothing.</param>
internal sealed class FrameChannel(Stream stream, ShapedLink? link, RunClock clock) : IThreadPoolWorkItem, IDisposable
{
    private const int MostAnswerBytes = 64 << 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<(ulong Request, bool Probe), Exchange> _expected = [];
    private readonly CancellationTokenSource _closed = new();
    private byte[] _read = new byte[1 << 14];
    private Exchange? _leaving;
    private Reply? _early; // what came for the leaving one before its last byte was seen to leave
    private bool _unwanted; // the leaving one was stopped
    private volatile bool _broken;

    public bool IsOpen => !_broken;

    /// <summary>Reads answers until the connection breaks. Called once.</summary>
    public async Task ReadAll()
    {
        var reason = Reason.BrokenOff;
        try
        {
            for (var filled = 0; ;)
            {
                var some = await stream.ReadAsync(_read.AsMemory(filled)).ConfigureAwait(false);
                if (some == 0)
                    break;
                filled = TakeFrames(filled + some);
                if (filled < 0)
                {
                    reason = Reason.Malformed;
                    break;
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // The server is gone, or the channel was closed.
        }
        Break(reason);
    }

    /// <summary>The exchange's frame is what is sent next, and its answer is expected from now on.</summary>
    /// <returns>False: it was stopped, or the channel broke.</returns>
    public bool TryBegin(Exchange exchange)
    {
        lock (_gate)
        {
            if (_broken || exchange.Stopped)
                return false;
            _expected[KeyOf(exchange)] = exchange;
            _leaving = exchange;
            return true;
        }
    }

    /// <summary>How much of what is left of a frame to send together; it may go at <paramref name="at"/>.</summary>
    public int Next(int left, out double at)
    {
        (var bytes, at) = link?.Next(left) ?? (left, 0);
        return bytes;
    }

    /// <summary>Sends what <see cref="Next"/> said once it may go. The stream's own task, so that nothing is allocated.</summary>
    public ValueTask Write(ReadOnlyMemory<byte> piece) => stream.WriteAsync(piece, _closed.Token);

    public Task Until(double at) => clock.Until(at, _closed.Token);

    public void Passed() => link?.Passed();

    /// <summary>The last byte of the frame has left, and that was told.</summary>
    /// <returns>What it ends with where its answer was faster, it was stopped or the channel broke; else null, and it is the reader's from now on.</returns>
    public Reply? Left(Exchange exchange)
    {
        lock (_gate)
        {
            var reply = _early;
            if (reply is null && exchange.Stopped)
            {
                _expected.Remove(KeyOf(exchange));
                reply = default(Reply);
            }
            (_leaving, _early, _unwanted) = (null, null, false);
            return reply;
        }
    }

    /// <summary>An exchange was stopped. One whose frame is leaving takes the connection with it: what follows would be read as the frame's rest.</summary>
    public void Stop(Exchange exchange)
    {
        lock (_gate)
        {
            if (_leaving == exchange)
            {
                // Not here and now: it would run on the controller's loop.
                _unwanted = true;
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                return;
            }
            if (_expected.GetValueOrDefault(KeyOf(exchange)) != exchange)
                return;
            _expected.Remove(KeyOf(exchange));
        }
        exchange.End(default);
    }

    /// <summary>What <see cref="Stop"/> left to do.</summary>
    public void Execute()
    {
        lock (_gate)
            if (!_unwanted)
                return;
        Break(Reason.BrokenOff);
    }

    /// <summary>Nothing goes or comes any more; all that is expected ends with the reason, but the one that is leaving, which its sender ends.</summary>
    public void Break(Reason reason)
    {
        List<Exchange> waiting;
        var reply = new Reply(reason, clock.Now);
        lock (_gate)
        {
            if (_broken)
                return;
            _broken = true;
            waiting = [.. _expected.Values.Where(e => e != _leaving)];
            if (_leaving is not null)
                _early ??= reply;
            _expected.Clear();
        }
        foreach (var exchange in waiting)
            exchange.End(reply);
        _closed.Cancel();
        stream.Dispose();
    }

    public void Dispose() => Break(Reason.BrokenOff);

    private static (ulong, bool) KeyOf(Exchange exchange) => ((ulong)exchange.Request, exchange.Flight is null);

    /// <summary>Takes every whole frame, moves what is left to the front and makes room for more of it.</summary>
    /// <returns>How many bytes are left; -1 where a frame is none.</returns>
    private int TakeFrames(int filled)
    {
        var (at, needed) = (0, AnswerHeader.Size);
        for (; filled - at >= AnswerHeader.Size; at += needed, needed = AnswerHeader.Size)
        {
            var header = _read.AsSpan(at, AnswerHeader.Size);
            var isControl = ControlHeader.Is(header);
            var payload = BinaryPrimitives.ReadInt32LittleEndian(header[(isControl ? 12 : 8)..]);
            if (payload is < 0 or > MostAnswerBytes)
                return -1;
            needed += payload;
            if (filled - at < needed)
                break;
            if (!(isControl ? TakeControl(_read.AsSpan(at, needed)) : TakeAnswer(_read.AsSpan(at, needed))))
                return -1;
        }
        var left = _read.AsSpan(at, filled - at);
        if (needed > _read.Length)
        {
            // By what has come, not by what a header says: a length that was changed on its way must not cost memory.
            var longer = new byte[Math.Min(needed, 2 * _read.Length)];
            left.CopyTo(longer);
            _read = longer;
        }
        else
        {
            left.CopyTo(_read);
        }
        return left.Length;
    }

    private bool TakeAnswer(ReadOnlySpan<byte> answer)
    {
        var header = AnswerHeader.Read(answer, out var problem);
        if (problem is not null)
            return false;
        Exchange? exchange;
        Reply reply;
        lock (_gate)
        {
            if (!_expected.TryGetValue((header.Request, false), out exchange))
                return true;
            reply = MessageWire.Read(header, answer, exchange.Request, exchange.Flight!.Plan.Exit, clock.Now);
            if (!TryTake(exchange, reply))
                return true;
        }
        exchange.End(reply);
        return true;
    }

    private bool TakeControl(ReadOnlySpan<byte> frame)
    {
        var header = ControlHeader.Read(frame, out var problem);
        if (problem is not null)
            return false;
        if (header.Kind == ControlKind.Hello)
            return true;
        var reply = header.Kind == ControlKind.Probe ? new Reply(Reason.None, clock.Now, Pace: header.Pace, Received: header.ReceivedSeconds)
            : Reply.Refused(clock.Now, header.Status, Encoding.UTF8.GetString(frame[ControlHeader.Size..]), header.RetryAfter);
        Exchange? exchange;
        lock (_gate)
            if (!_expected.TryGetValue((header.Request, header.Kind == ControlKind.Probe), out exchange) || !TryTake(exchange, reply))
                return true;
        exchange.End(reply);
        return true;
    }

    /// <summary>Takes an exchange out of the table; within the gate.</summary>
    /// <returns>False: its frame is still leaving, and its sender will end it with this reply.</returns>
    private bool TryTake(Exchange exchange, in Reply reply)
    {
        _expected.Remove(KeyOf(exchange));
        if (exchange != _leaving)
            return true;
        _early ??= reply;
        return false;
    }
}

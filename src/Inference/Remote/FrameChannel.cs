using System.Buffers;
using System.Text;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Wire;

namespace RlOffload.Inference.Remote;

/// <param name="IsProbe">Probes and requests are numbered each by themselves.</param>
internal readonly record struct FrameKey(ulong Request, bool IsProbe);

/// <summary>A connection on which frames go out and answers come in, each for the request that it names. Broken once, it stays broken.</summary>
internal sealed class FrameChannel : IDisposable
{
    private const int MostAnswerBytes = 64 << 20;

    private readonly Stream _stream;
    private readonly RunClock _clock;
    private readonly Dictionary<FrameKey, (int Exit, TaskCompletionSource<Reply> Reply)> _expected = [];
    private volatile bool _broken;

    public FrameChannel(Stream stream, RunClock clock)
    {
        (_stream, _clock) = (stream, clock);
        _ = ReadAll();
    }

    public bool IsOpen => !_broken;

    /// <summary>What will be answered to a frame that is sent next.</summary>
    /// <param name="exit">That the answer must be of.</param>
    public Task<Reply> Expect(FrameKey key, int exit)
    {
        var reply = new TaskCompletionSource<Reply>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_expected)
        {
            if (_broken)
                throw new IOException("the connection broke");
            _expected[key] = (exit, reply);
        }
        return reply.Task;
    }

    public void Forget(FrameKey key)
    {
        lock (_expected)
            _expected.Remove(key);
    }

    public async Task Send(ReadOnlyMemory<byte> frame, CancellationToken cancel)
    {
        try
        {
            await _stream.WriteAsync(frame, cancel).ConfigureAwait(false);
            await _stream.FlushAsync(cancel).ConfigureAwait(false);
        }
        catch
        {
            // A part of the frame may have left: what follows would be read as its rest.
            Break();
            throw;
        }
    }

    public void Dispose() => Break();

    private async Task ReadAll()
    {
        var header = new byte[AnswerHeader.Size];
        try
        {
            while (true)
            {
                await _stream.ReadExactlyAsync(header).ConfigureAwait(false);
                if (!await (ControlHeader.Is(header) ? ReadControl(header) : ReadAnswer(header)).ConfigureAwait(false))
                    break;
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The server is gone, or the channel was closed.
        }
        Break();
    }

    private async Task<bool> ReadAnswer(byte[] header)
    {
        var length = BitConverter.ToInt32(header, 8);
        if (length is < 0 or > MostAnswerBytes)
        {
            Malformed();
            return false;
        }
        var answer = ArrayPool<byte>.Shared.Rent(header.Length + length);
        try
        {
            header.CopyTo(answer, 0);
            await _stream.ReadExactlyAsync(answer.AsMemory(header.Length, length)).ConfigureAwait(false);
            AnswerHeader.Read(answer.AsSpan(0, header.Length + length), out var problem);
            if (problem is not null)
            {
                Malformed();
                return false;
            }
            var request = BitConverter.ToUInt32(header, 24);
            if (Take(new FrameKey(request, IsProbe: false)) is { } expected)
                expected.Reply.TrySetResult(MessageWire.Read(answer.AsSpan(0, header.Length + length), (int)request, expected.Exit, _clock.Now));
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(answer);
        }
    }

    private async Task<bool> ReadControl(byte[] bytes)
    {
        var header = ControlHeader.Read(bytes, out var problem);
        if (problem is not null || header.PayloadBytes > MostAnswerBytes)
        {
            Malformed();
            return false;
        }
        var payload = new byte[header.PayloadBytes];
        await _stream.ReadExactlyAsync(payload).ConfigureAwait(false);
        if (header.Kind == ControlKind.Probe && Take(new FrameKey(header.Request, IsProbe: true)) is { } probe)
            probe.Reply.TrySetResult(new Reply(Reason.None, _clock.Now));
        if (header.Kind == ControlKind.Refusal && Take(new FrameKey(header.Request, IsProbe: false)) is { } refused)
            refused.Reply.TrySetResult(Reply.Refused(_clock.Now, header.Status, Encoding.UTF8.GetString(payload), header.RetryAfter));
        return true;
    }

    private (int Exit, TaskCompletionSource<Reply> Reply)? Take(FrameKey key)
    {
        lock (_expected)
            return _expected.Remove(key, out var expected) ? expected : null;
    }

    /// <summary>What the server says cannot be understood, so nothing that is still expected will come.</summary>
    private void Malformed()
    {
        lock (_expected)
        {
            foreach (var expected in _expected.Values)
                expected.Reply.TrySetResult(new Reply(Reason.Malformed, _clock.Now));
            _expected.Clear();
        }
    }

    private void Break()
    {
        lock (_expected)
        {
            _broken = true;
            foreach (var expected in _expected.Values)
                expected.Reply.TrySetException(new IOException("the connection broke"));
            _expected.Clear();
        }
        _stream.Dispose();
    }
}

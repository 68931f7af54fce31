using System.Buffers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using RlOffload.Inference.Remote;
using RlOffload.Inference.Serving.Http;
using RlOffload.Inference.Wire;

namespace RlOffload.Inference.Serving.Frames;

/// <summary>
/// One device on a socket: messages come one after the other, several may be under way, answers leave as they are ready and name their request. A frame whose
/// length cannot be believed ends the connection; everything else that is wrong is refused by its id.
/// </summary>
internal sealed class FrameConnection(TailService service, ServerOptions options, Stream stream, string name)
{
    private const int MostControlBytes = 1 << 20;

    private readonly SemaphoreSlim _sending = new(1);
    private readonly CancellationTokenSource _closed = new();
    private readonly byte[] _header = new byte[RequestHeader.Size];
    private readonly Receipt _receipt = new(); // of the frame that is read
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _client = options.Tokens is null ? name : null;
    private int _under = 1;

    /// <summary>Reads until the device leaves, breaks the rules or the server stops; ends when the last answer has left.</summary>
    public async Task Run(CancellationToken stopping)
    {
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(_closed.Token, stopping);
        try
        {
            while (await ReadFrame(reading.Token).ConfigureAwait(false))
            {
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or TimeoutException)
        {
            // It left in the middle of a message, or the server stops.
        }
        if (!stopping.IsCancellationRequested)
            _closed.Cancel();
        Done();
        await _empty.Task.ConfigureAwait(false);
        _closed.Dispose();
        _sending.Dispose();
        await stream.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Called by the worker.</summary>
    public void Completed(FrameJob job) => _ = Answer(job);

    private async ValueTask<bool> ReadFrame(CancellationToken cancel)
    {
        if (await stream.ReadAtLeastAsync(_header, _header.Length, throwOnEndOfStream: false, cancel).ConfigureAwait(false) < _header.Length)
            return false;
        _receipt.Begin(TimeProvider.System.GetTimestamp());
        return ControlHeader.Is(_header) ? await ReadControl(cancel).ConfigureAwait(false) : await ReadMessage(cancel).ConfigureAwait(false);
    }

    private async ValueTask<bool> ReadMessage(CancellationToken cancel)
    {
        var header = RequestHeader.Read(_header, out var problem);
        if (problem is null && (header.PayloadBytes < 0 || header.PayloadBytes > service.MostMessage - RequestHeader.Size))
            problem = $"payload: is {header.PayloadBytes} bytes, allowed is 0 to {service.MostMessage - RequestHeader.Size} for this model";
        if (problem is not null)
        {
            await Refuse(header.Request, new Refusal(400, problem)).ConfigureAwait(false);
            return false;
        }
        var length = RequestHeader.Size + header.PayloadBytes;
        var refusal = _client is null ? new Refusal(401, "hello: is missing or holds no known token") : service.Enter(length);
        if (refusal is not null)
        {
            await Skip(header.PayloadBytes, cancel).ConfigureAwait(false);
            await Refuse(header.Request, refusal).ConfigureAwait(false);
            return true;
        }
        var job = new FrameJob(this, length) { Client = _client! };
        Interlocked.Increment(ref _under);
        var given = false;
        try
        {
            _header.CopyTo(job.Message.AsSpan());
            await ReadWithin(job.Message.AsMemory(RequestHeader.Size, header.PayloadBytes), cancel).ConfigureAwait(false);
            (job.ReceiveSeconds, job.LinkSeconds) = (_receipt.Seconds, _receipt.LinkSeconds);
            refusal = service.Submit(job);
            given = refusal is null;
        }
        finally
        {
            if (!given)
                Free(job);
        }
        if (refusal is not null)
            await Refuse(header.Request, refusal).ConfigureAwait(false);
        return true;
    }

    private async ValueTask<bool> ReadControl(CancellationToken cancel)
    {
        var header = ControlHeader.Read(_header, out var problem);
        if (problem is null && header.PayloadBytes > MostControlBytes)
            problem = $"payload: is {header.PayloadBytes} bytes, allowed is 0 to {MostControlBytes}";
        if (problem is not null || header.Kind == ControlKind.Refusal)
        {
            await Refuse(header.Request, new Refusal(400, problem ?? "kind: is a refusal, allowed are hello and probe")).ConfigureAwait(false);
            return false;
        }
        if (header.Kind == ControlKind.Probe)
        {
            await Skip(header.PayloadBytes, cancel).ConfigureAwait(false);
            await SendControl(new ControlHeader(ControlKind.Probe, 0, header.Request, Pace: service.Model.Pace.Now, ReceivedSeconds: _receipt.LinkSeconds), []).ConfigureAwait(false);
            return true;
        }
        var token = new byte[header.PayloadBytes];
        await ReadWithin(token, cancel).ConfigureAwait(false);
        if (options.Tokens is not null)
            _client = options.Tokens.NameOf(Encoding.UTF8.GetString(token));
        if (_client is null)
        {
            await Refuse(header.Request, new Refusal(401, "hello: holds no known token")).ConfigureAwait(false);
            return false;
        }
        var health = StatusEndpoints.Health(service).ToJson();
        await SendControl(new ControlHeader(ControlKind.Hello, health.Length, header.Request), health).ConfigureAwait(false);
        return true;
    }

    private async ValueTask Skip(int bytes, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 14);
        try
        {
            for (var left = bytes; left > 0;)
            {
                var part = Math.Min(left, buffer.Length);
                await ReadWithin(buffer.AsMemory(0, part), cancel).ConfigureAwait(false);
                left -= part;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads all of it; a message that takes too long to arrive ends the connection.</summary>
    private async ValueTask ReadWithin(Memory<byte> to, CancellationToken cancel)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (to.Length > 0)
        {
            var reading = stream.ReadAsync(to, cancel);
            var read = reading.IsCompleted ? await reading.ConfigureAwait(false) : await reading.AsTask().WaitAsync(options.MostReceive, cancel).ConfigureAwait(false);
            var now = TimeProvider.System.GetTimestamp();
            if (read == 0 || TimeProvider.System.GetElapsedTime(begun, now) > options.MostReceive)
                throw new IOException("the message did not come whole and in time");
            _receipt.Came(read, now);
            to = to[read..];
        }
    }

    private async Task Answer(FrameJob job)
    {
        try
        {
            if (job.Refusal is { } refusal)
                await Refuse(job.Header.Request, refusal).ConfigureAwait(false);
            else if (job.Answer is { } answer)
            {
                await Send(answer.AsMemory(0, job.AnswerBytes)).ConfigureAwait(false);
                service.Meters.Answer(
                    job, Math.Max(0, TimeProvider.System.GetElapsedTime(job.Begun).TotalSeconds - job.UnpackSeconds - job.TailSeconds), job.AnswerBytes);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            service.Meters.Abandon();
        }
        finally
        {
            Free(job);
        }
    }

    private async ValueTask Refuse(ulong request, Refusal refusal)
    {
        service.Meters.Refuse(refusal);
        options.Log.Debug("Refused {Status} {Problem} from {Client}", refusal.Status, refusal.Problem, _client ?? name);
        var text = Encoding.UTF8.GetBytes(refusal.Problem);
        await SendControl(new ControlHeader(ControlKind.Refusal, text.Length, request, refusal.Status, refusal.RetryAfter), text).ConfigureAwait(false);
    }

    private async ValueTask SendControl(ControlHeader header, byte[] payload)
    {
        var frame = new byte[ControlHeader.Size + payload.Length];
        header.Write(frame);
        payload.CopyTo(frame.AsSpan(ControlHeader.Size));
        await Send(frame).ConfigureAwait(false);
    }

    /// <summary>One at a time. A device that takes none of its answers for too long is cut off.</summary>
    private async ValueTask Send(ReadOnlyMemory<byte> frame)
    {
        await _sending.WaitAsync(_closed.Token).ConfigureAwait(false);
        try
        {
            var sending = stream.WriteAsync(frame, _closed.Token);
            if (sending.IsCompleted)
                await sending.ConfigureAwait(false);
            else
                await sending.AsTask().WaitAsync(options.MostReceive, _closed.Token).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await _closed.CancelAsync().ConfigureAwait(false);
            throw new IOException("the device does not take its answers");
        }
        finally
        {
            _sending.Release();
        }
    }

    private void Free(FrameJob job)
    {
        var length = job.Length;
        job.Free();
        service.Leave(length);
        Done();
    }

    private void Done()
    {
        if (Interlocked.Decrement(ref _under) == 0)
            _empty.SetResult();
    }
}

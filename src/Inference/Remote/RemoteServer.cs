using System.Buffers;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RlOffload.Environment;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Wire;

namespace RlOffload.Inference.Remote;

/// <param name="Address">Where to listen; loopback unless said otherwise.</param>
/// <param name="Port">0: a free one.</param>
/// <param name="MostWaiting">Messages that may wait for the processor; more are refused at once.</param>
public sealed record ServerOptions(IPAddress Address, int Port, int MostWaiting = 64);

/// <summary>
/// The remote half: takes a message (see <see cref="RequestHeader"/>) by POST, runs the tail on one thread, answers. A message that is malformed, of
/// another model or too long is refused with the reason, and the server goes on. /health says which model is served.
/// </summary>
public sealed class RemoteServer : IAsyncDisposable
{
    public const string InferPath = "/infer";
    public const string ProbePath = "/probe";
    public const string HealthPath = "/health";
    private const int MostProbeBytes = 1 << 20;

    private readonly PartitionSet _partitions;
    private readonly ServerOptions _options;
    private readonly WebApplication _app;
    private readonly RequestReader _reader;
    private readonly TensorStore _store;
    private readonly SemaphoreSlim _processor = new(1);
    private readonly int _mostBytes;
    private int _waiting;
    private long _answered, _refused;

    public RemoteServer(PartitionSet partitions, ServerOptions options)
    {
        (_partitions, _options) = (partitions, options);
        (_reader, _store) = (new RequestReader(partitions), new TensorStore(partitions));
        _mostBytes = RequestReader.MostBytes(partitions.Profile);
        _app = Build();
    }

    /// <summary>Where it listens, once started.</summary>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public long Answered => Interlocked.Read(ref _answered);

    /// <summary>Messages that were malformed, of another model, too long, or came while too many waited.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Opens these parts and runs each once, so that the first request finds them warm.</summary>
    public void Prepare(IEnumerable<PartKey> parts)
    {
        foreach (var part in parts)
        {
            _store.Prepare(part);
            _store.RunTail(part.Exit, part.Cut);
        }
    }

    /// <exception cref="InputException">The port is taken or not allowed.</exception>
    public async Task Start(CancellationToken cancel = default)
    {
        try
        {
            await _app.StartAsync(cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            throw new InputException("serve", "--port", $"is {_options.Port}: cannot listen on {_options.Address} ({e.Message}); 0 takes a free port");
        }
    }

    /// <summary>Waits for Ctrl-C, SIGTERM or the token, then lets requests under way finish.</summary>
    public Task WaitForShutdown(CancellationToken cancel) => _app.WaitForShutdownAsync(cancel);

    public Task Stop() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync().ConfigureAwait(false);
        _store.Dispose();
        _processor.Dispose();
    }

    private WebApplication Build()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(_options.Address, _options.Port, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = Math.Max(_mostBytes, MostProbeBytes);
            kestrel.Limits.MaxConcurrentConnections = 256;
            // A link in an outage is slow, not hostile; a client that sends nothing for half a minute is cut off.
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1, gracePeriod: TimeSpan.FromSeconds(30));
        });
        var app = builder.Build();
        app.MapPost(InferPath, Infer);
        app.MapPost(ProbePath, Probe);
        app.MapGet(HealthPath, Health);
        return app;
    }

    private async Task Infer(HttpContext http)
    {
        if (http.Request.ContentLength is not { } length)
        {
            await Refuse(http, new Refusal(StatusCodes.Status411LengthRequired, "content-length: is missing, allowed is the message's length")).ConfigureAwait(false);
            return;
        }
        if (length > _mostBytes)
        {
            await Refuse(http, new Refusal(StatusCodes.Status413PayloadTooLarge, $"length: is {length} bytes, allowed is {_mostBytes} for this model")).ConfigureAwait(false);
            return;
        }
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max((int)length, 1));
        try
        {
            await http.Request.Body.ReadExactlyAsync(buffer.AsMemory(0, (int)length), http.RequestAborted).ConfigureAwait(false);
            await Answer(http, buffer, (int)length, TimeProvider.System.GetTimestamp()).ConfigureAwait(false);
        }
        catch (Exception e) when (e is EndOfStreamException or Microsoft.AspNetCore.Http.BadHttpRequestException)
        {
            // Mostly a device that gave its transfer up, so this is not counted.
            await Refuse(http, new Refusal(StatusCodes.Status400BadRequest, $"length: the message ends before the {length} bytes that were announced"), counts: false).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The device gave the request up; there is nobody to answer.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task Answer(HttpContext http, byte[] message, int length, long arrived)
    {
        if (Interlocked.Increment(ref _waiting) > _options.MostWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            http.Response.Headers.RetryAfter = "1";
            await Refuse(http, new Refusal(StatusCodes.Status503ServiceUnavailable, $"{_options.MostWaiting} messages wait already")).ConfigureAwait(false);
            return;
        }
        byte[]? answer = null;
        var answerBytes = 0;
        Refusal? refusal;
        try
        {
            await _processor.WaitAsync(http.RequestAborted).ConfigureAwait(false);
            try
            {
                (refusal, answer, answerBytes) = Compute(message, length, arrived);
            }
            finally
            {
                _processor.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
        if (refusal is not null)
        {
            await Refuse(http, refusal).ConfigureAwait(false);
            return;
        }
        http.Response.ContentType = "application/octet-stream";
        http.Response.ContentLength = answerBytes;
        Interlocked.Increment(ref _answered);
        await http.Response.Body.WriteAsync(answer.AsMemory(0, answerBytes), http.RequestAborted).ConfigureAwait(false);
        ArrayPool<byte>.Shared.Return(answer!);
    }

    private (Refusal?, byte[]? Answer, int Bytes) Compute(byte[] message, int length, long arrived)
    {
        var begun = TimeProvider.System.GetTimestamp();
        if (_reader.Check(message.AsSpan(0, length), out var header) is { } wrong)
            return (wrong, null, 0);
        try
        {
            if (_reader.Unpack(message, length, header, _store) is { } bad)
                return (bad, null, 0);
            _store.RunTail(header.Exit, header.Cut);
        }
        catch (InputException e)
        {
            return (new Refusal(StatusCodes.Status500InternalServerError, e.Message), null, 0);
        }
        var outputs = _store.Answer(header.Exit);
        var bytes = 0;
        foreach (var output in outputs)
            bytes += output.Bytes.Length;
        var answer = ArrayPool<byte>.Shared.Rent(AnswerHeader.Size + bytes);
        var at = AnswerHeader.Size;
        foreach (var output in outputs)
        {
            output.Bytes.CopyTo(answer.AsSpan(at));
            at += output.Bytes.Length;
        }
        new AnswerHeader(header.Exit, outputs.Count, bytes, TimeProvider.System.GetElapsedTime(arrived, begun).TotalSeconds,
            TimeProvider.System.GetElapsedTime(begun).TotalSeconds, header.Request).Write(answer);
        return (null, answer, at);
    }

    private static async Task Probe(HttpContext http)
    {
        if (http.Request.ContentLength is not (>= 0 and <= MostProbeBytes))
        {
            http.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return;
        }
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 14);
        try
        {
            while (await http.Request.Body.ReadAsync(buffer, http.RequestAborted).ConfigureAwait(false) > 0)
            {
            }
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The device gave the probe up.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task Health(HttpContext http)
    {
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(JsonSerializer.Serialize(new ServerHealth(
            "ok", RequestHeader.Version, _partitions.Profile.Model.Path, _partitions.Profile.Model.Sha256, _partitions.Opened, Answered, Refused), ServerHealth.Json)).ConfigureAwait(false);
    }

    private async Task Refuse(HttpContext http, Refusal refusal, bool counts = true)
    {
        if (counts)
            Interlocked.Increment(ref _refused);
        if (http.Response.HasStarted)
            return;
        http.Response.StatusCode = refusal.Status;
        http.Response.ContentType = "text/plain";
        await http.Response.WriteAsync(refusal.Problem + "\n").ConfigureAwait(false);
    }
}

using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RlOffload.Environment;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Images;
using RlOffload.Inference.Remote;
using RlOffload.Inference.Runs;

namespace RlOffload.Inference.Sources;

/// <summary>
/// Requests by HTTP: POST /infer with the bytes of an image, or with a PNG picture of the network's size (Content-Type: image/png), gives the answer as JSON, in time or as a refusal that says so. Several are under way at once, no
/// more than there are seats; who comes then is told to try again.
/// </summary>
public sealed class HttpSource : IRequestSource, IAsyncDisposable
{
    private const double MostDeadline = 60;

    private readonly int _imageBytes;
    private readonly PixelLayout? _layout;
    private readonly double _deadline;
    private readonly IPEndPoint _listen;
    private readonly WebApplication _app;
    private readonly ConcurrentBag<int> _free;
    private readonly TaskCompletionSource<FlightRecord>?[] _seats;
    private readonly byte[][] _pixels;
    private Controller? _controller;

    /// <param name="imageBytes">Of a body of raw bytes.</param>
    /// <param name="shape">Of the network's input.</param>
    /// <param name="deadline">Of requests that name none, s.</param>
    /// <param name="seats">Requests under way at most.</param>
    public HttpSource(IPEndPoint listen, int imageBytes, IReadOnlyList<long> shape, double deadline, int seats)
    {
        (_listen, _imageBytes, _layout, _deadline) = (listen, imageBytes, PixelLayout.Of(shape), deadline);
        _free = [.. Enumerable.Range(0, seats)];
        _seats = new TaskCompletionSource<FlightRecord>?[seats];
        _pixels = [.. Enumerable.Range(0, seats).Select(_ => new byte[imageBytes])];
        // Nothing that a host brings beside its server: settings files would be looked for, and watched, in all folders below the one that it is started in.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(listen);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MostBody;
            kestrel.Limits.MaxConcurrentConnections = 4 * seats + 16;
        });
        _app = builder.Build();
        _app.MapPost("/infer", Infer);
        _app.MapGet("/health", (HttpContext http) => Say(http, 200, Health()));
    }

    public bool Waits => false;

    public int? Label(int image) => null;

    /// <summary>Where it listens, once it does.</summary>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <exception cref="InputException">The port is taken or not allowed.</exception>
    public async Task Start(CancellationToken cancel)
    {
        try
        {
            await _app.StartAsync(cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new InputException("run", "--listen", $"is {_listen}: cannot listen there ({e.Message}); port 0 takes a free one");
        }
    }

    /// <summary>Until cancelled, by Ctrl-C or SIGTERM; what is under way is still answered.</summary>
    public async Task Bring(Controller controller, CancellationToken cancel)
    {
        Volatile.Write(ref _controller, controller);
        await _app.WaitForShutdownAsync(cancel).ConfigureAwait(false);
        await _app.StopAsync(CancellationToken.None).ConfigureAwait(false);
    }

    public void Ended(Flight flight) => _seats[flight.Image]?.TrySetResult(FlightRecord.Of(flight));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task Infer(HttpContext http)
    {
        var picture = _layout is not null && http.Request.ContentType == "image/png";
        if (http.Request.ContentLength is not { } length || (picture ? length > MostBody : length != _imageBytes))
        {
            await Refuse(http, 400, $"content-length: is {http.Request.ContentLength?.ToString(CultureInfo.InvariantCulture) ?? "missing"}, allowed is {_imageBytes}: one byte a number of the network's input"
                + (_layout is null ? "" : $"; with content-type image/png up to {MostBody}")).ConfigureAwait(false);
            return;
        }
        var deadline = _deadline;
        if (http.Request.Headers["Deadline-Ms"] is [{ } text]
            && (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out deadline) || !((deadline /= 1000) > 0) || deadline > MostDeadline))
        {
            await Refuse(http, 400, $"deadline-ms: is '{text}', allowed is above 0 to {1000 * MostDeadline}").ConfigureAwait(false);
            return;
        }
        if (Volatile.Read(ref _controller) is not { } controller)
        {
            http.Response.Headers.RetryAfter = "1";
            await Refuse(http, 503, "device: prepares its parts of the network").ConfigureAwait(false);
            return;
        }
        if (!_free.TryTake(out var seat))
        {
            http.Response.Headers.RetryAfter = "1";
            await Refuse(http, 429, $"requests: {_seats.Length} are under way already").ConfigureAwait(false);
            return;
        }
        try
        {
            var body = picture ? new byte[length] : _pixels[seat];
            await http.Request.Body.ReadExactlyAsync(body, http.RequestAborted).ConfigureAwait(false);
            if (picture)
                PngPicture.Read("body", body, _layout!.Value, _pixels[seat]);
            var ended = new TaskCompletionSource<FlightRecord>(TaskCreationOptions.RunContinuationsAsynchronously);
            _seats[seat] = ended;
            controller.Submit(seat, deadline, (s, pixels) => _pixels[s].CopyTo(pixels));
            // Every flight has an outcome by its deadline, so this ends, also where the client has left.
            var record = await ended.Task.ConfigureAwait(false);
            await Say(http, Status(record), Answer(record)).ConfigureAwait(false);
        }
        catch (InputException e)
        {
            await Refuse(http, 400, e.Message).ConfigureAwait(false);
        }
        catch (Exception e) when (e is EndOfStreamException or IOException or OperationCanceledException or BadHttpRequestException)
        {
            // The client left before its body was here.
        }
        finally
        {
            _seats[seat] = null;
            _free.Add(seat);
        }
    }

    /// <summary>A picture of 16 bits a sample that does not get smaller by packing, and its chunks.</summary>
    private long MostBody => _layout is null ? _imageBytes : 4L * 2 * _layout.Value.Width * _layout.Value.Height + 65_536;

    private HttpHealth Health()
    {
        var deployed = Volatile.Read(ref _controller)?.Deployed;
        return new("ok", _seats.Length - _free.Count, _seats.Length, _imageBytes, deployed?.Hash, deployed?.Ready ?? 0, deployed?.Model.Count ?? 0, deployed?.Opening ?? true, deployed?.PartBytes ?? 0);
    }

    private static int Status(in FlightRecord r) => r.Outcome.Kind switch
    {
        OutcomeKind.Answered or OutcomeKind.Fallback => 200,
        OutcomeKind.Dropped => 503,
        _ => 504,
    };

    private static HttpAnswer Answer(in FlightRecord r) => new(
        r.Request, r.Answer >= 0 ? r.Answer : null, r.Answer >= 0 ? r.Outcome.Exit + 1 : null, DecisionJson.Name(r.Outcome.Kind), r.Reason == Reason.None ? null : DecisionJson.Name(r.Reason),
        r.Plan.ToString(), Math.Round(r.Outcome.Latency * 1e3, 3), Math.Round(r.Outcome.Deadline * 1e3, 3));

    private static Task Refuse(HttpContext http, int status, string problem) => Say(http, status, new HttpRefusal(problem));

    private static async Task Say<T>(HttpContext http, int status, T what)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        await http.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(what, ServerHealth.Json.Contract<T>())).ConfigureAwait(false);
    }
}

/// <param name="Class">Null where nothing came in time, as is <paramref name="Exit"/>, counted from 1.</param>
/// <param name="Reason">Why it was not answered as planned; null where it was.</param>
internal sealed record HttpAnswer(int Request, int? Class, int? Exit, string Outcome, string? Reason, string Plan, double LatencyMs, double DeadlineMs);

internal sealed record HttpRefusal(string Error);

/// <param name="Policy">Hash of the policy that decides; null before the first can.</param>
/// <param name="PlansReady">Of its <paramref name="Plans"/>, those whose parts are open.</param>
/// <param name="Opening">Whether more will be.</param>
/// <param name="PartBytes">Memory that they took; 0 before all are open.</param>
internal sealed record HttpHealth(string Status, int InFlight, int MostInFlight, int ImageBytes, string? Policy, int PlansReady, int Plans, bool Opening, long PartBytes);

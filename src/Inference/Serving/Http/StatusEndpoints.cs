using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using RlOffload.Inference.Remote;
using RlOffload.Inference.Wire;

namespace RlOffload.Inference.Serving.Http;

/// <summary>Which model is served (/health), Prometheus' text (/metrics), and the live page (/) with what it shows (/live.json).</summary>
internal sealed class StatusEndpoints(HttpDoor door, ServerOptions options) : IDisposable
{
    private static readonly byte[] Page = ReadPage();

    private readonly PrometheusText _prometheus = new(door.Service.Meters.Meter);
    private readonly long _started = TimeProvider.System.GetTimestamp();

    public void Map(WebApplication app)
    {
        app.MapGet(RemoteServer.HealthPath, http => Answer(http, "application/json", Health(door.Service).ToJson()));
        app.MapGet("/metrics", http => Known(http, () => Answer(http, "text/plain; version=0.0.4; charset=utf-8", System.Text.Encoding.UTF8.GetBytes(_prometheus.Write()))));
        app.MapGet("/live.json", http => Known(http, () => Answer(
            http, "application/json", LiveStatus.Of(door.Service, options, TimeProvider.System.GetElapsedTime(_started)).ToJson())));
        app.MapGet("/", http =>
        {
            http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'";
            return Answer(http, "text/html; charset=utf-8", Page);
        });
    }

    public void Dispose() => _prometheus.Dispose();

    /// <summary>Who a device that asks is talking to.</summary>
    public static ServerHealth Health(TailService service) => new(
        service.Ready ? "ok" : "stopping", RequestHeader.Version, service.Partitions.Profile.Model.Path, service.Partitions.Profile.Model.Sha256,
        service.Partitions.Opened, service.Meters.Answered, service.Meters.Refused, service.Meters.Swapped, service.Meters.SwapsRefused);

    private async Task Known(HttpContext http, Func<Task> answer)
    {
        if (await door.Identify(http, RefusalFormat.Text).ConfigureAwait(false) is not null)
            await answer().ConfigureAwait(false);
    }

    private static async Task Answer(HttpContext http, string type, byte[] body)
    {
        http.Response.ContentType = type;
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body).ConfigureAwait(false);
    }

    private static byte[] ReadPage()
    {
        using var stream = typeof(StatusEndpoints).Assembly.GetManifestResourceStream("live.html")!;
        using var page = new MemoryStream();
        stream.CopyTo(page);
        return page.ToArray();
    }
}

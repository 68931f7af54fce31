using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RlOffload.Environment;
using RlOffload.Inference.Serving.OpenInference;

namespace RlOffload.Inference.Serving.Http;

/// <summary>Everything that the server says by HTTP.</summary>
internal sealed class HttpFront : IAsyncDisposable
{
    private readonly ServerOptions _options;
    private readonly int _port;
    private readonly WebApplication _app;
    private readonly StatusEndpoints _status;

    /// <exception cref="InputException">There is no certificate, or it is none.</exception>
    public HttpFront(TailService service, ServerOptions options, int port)
    {
        (_options, _port) = (options, port);
        var door = new HttpDoor(service, options);
        var open = new OpenEndpoint(door);
        _app = Build();
        var message = new MessageEndpoint(door);
        _status = new StatusEndpoints(door, options);
        _app.MapPost(RemoteServer.InferPath, message.Infer);
        _app.MapPost(RemoteServer.ProbePath, message.Probe);
        _status.Map(_app);
        open.Map(_app);
        _app.Lifetime.ApplicationStopping.Register(service.BeginDrain);
    }

    /// <summary>Where it listens, once started.</summary>
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
            throw new InputException("serve", "--port", $"is {_port}: cannot listen on {_options.Address} ({e.Message}); 0 takes a free port");
        }
    }

    /// <summary>Waits for Ctrl-C, SIGTERM or the token, then lets requests under way finish.</summary>
    public Task WaitForShutdown(CancellationToken cancel) => _app.WaitForShutdownAsync(cancel);

    public Task Stop() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync().ConfigureAwait(false);
        _status.Dispose();
    }

    private WebApplication Build()
    {
        // Settings come from the environment; files of them would be watched in all folders below the one that it is started in.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = ["--hostBuilder:reloadConfigOnChange=false"] });
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(new LogBridge(_options.Log));
        builder.Configuration.AddInMemoryCollection(_options.Settings);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = _options.Drain);
        if (_options.Tls)
            builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            if (_options.Tls)
                kestrel.Configure(builder.Configuration.GetSection("Kestrel"));
            kestrel.Listen(_options.Address, _port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (_options.Tls)
                    listen.UseHttps();
            });
            kestrel.AddServerHeader = false;
            // What a network's own limit is, which a swap may change, each endpoint sees to before it reads.
            kestrel.Limits.MaxRequestBodySize = Math.Max(_options.MostBytes, MessageEndpoint.MostProbeBytes);
            kestrel.Limits.MaxConcurrentConnections = _options.MostConnections;
            // A link in an outage is slow, not hostile; a client that sends nothing for half a minute is cut off.
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1, gracePeriod: TimeSpan.FromSeconds(30));
        });
        try
        {
            return builder.Build();
        }
        catch (Exception e) when (_options.Tls && e is InvalidOperationException or CryptographicException or IOException)
        {
            throw new InputException("serve", "--tls", $"{e.Message.Split('\n')[0]} Allowed is a certificate by --certificate and --key, or by the setting Kestrel__Certificates__Default__Path");
        }
    }
}

using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using RlOffload.Environment;

namespace RlOffload.Inference.Serving.Frames;

/// <summary>Accepts devices that speak frames, up to a number of them, and keeps their connections until the server stops.</summary>
internal sealed class FrameListener : IAsyncDisposable
{
    private static readonly TimeSpan Handshake = TimeSpan.FromSeconds(10);

    private readonly TailService _service;
    private readonly ServerOptions _options;
    private readonly Socket _socket;
    private readonly X509Certificate2? _certificate;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<long, Task> _connections = new();
    private Task _accepting = Task.CompletedTask;
    private int _open;

    /// <exception cref="InputException">The port is taken or not allowed, or the certificate is none.</exception>
    public FrameListener(TailService service, ServerOptions options)
    {
        (_service, _options) = (service, options);
        _certificate = options.Tls ? ServerCertificate.Load(options.Settings) : null;
        _socket = new Socket(options.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        service.Meters.Gauge("rloffload.frame.connections", "{connection}", "Devices that are connected by frames.", () => Volatile.Read(ref _open));
    }

    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"tcp://{(IPEndPoint)_socket.LocalEndPoint!}"));

    public void Start()
    {
        try
        {
            _socket.Bind(new IPEndPoint(_options.Address, _options.Port));
            _socket.Listen(_options.MostConnections);
        }
        catch (SocketException e)
        {
            throw new InputException("serve", "--port", $"is {_options.Port}: cannot listen on {_options.Address} ({e.Message}); 0 takes a free port");
        }
        _accepting = Accept();
    }

    /// <summary>Takes no connection and no message any more; what is inside is answered, for as long as draining may take.</summary>
    public async Task Stop()
    {
        if (_stopping.IsCancellationRequested)
            return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        _socket.Close();
        await _accepting.ConfigureAwait(false);
        await Task.WhenAny(Task.WhenAll(_connections.Values), Task.Delay(_options.Drain)).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await Stop().ConfigureAwait(false);
        _socket.Dispose();
        _certificate?.Dispose();
        _stopping.Dispose();
    }

    private async Task Accept()
    {
        for (long number = 0; !_stopping.IsCancellationRequested; number++)
        {
            Socket socket;
            try
            {
                socket = await _socket.AcceptAsync(_stopping.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                _options.Log.Warning("A connection could not be taken: {Problem}", e.Message);
                continue;
            }
            if (Interlocked.Increment(ref _open) > _options.MostConnections)
            {
                Interlocked.Decrement(ref _open);
                socket.Dispose();
                continue;
            }
            var key = number;
            _connections[key] = Task.CompletedTask;
            var serving = Serve(socket, key);
            // Where it ended meanwhile it has taken itself out; then it stays out.
            _connections.TryUpdate(key, serving, Task.CompletedTask);
        }
    }

    private async Task Serve(Socket socket, long key)
    {
        await Task.Yield();
        try
        {
            socket.NoDelay = true;
            var name = string.Create(CultureInfo.InvariantCulture, $"frames {key}");
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (_certificate is not null)
                stream = await Secure(stream).ConfigureAwait(false);
            await new FrameConnection(_service, _options, stream, name).Run(_stopping.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is AuthenticationException or IOException or OperationCanceledException)
        {
            _options.Log.Debug("A connection did not come about: {Problem}", e.Message);
            socket.Dispose();
        }
        finally
        {
            Interlocked.Decrement(ref _open);
            _connections.TryRemove(key, out _);
        }
    }

    private async Task<Stream> Secure(Stream plain)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        time.CancelAfter(Handshake);
        var secure = new SslStream(plain);
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, time.Token).ConfigureAwait(false);
        return secure;
    }
}

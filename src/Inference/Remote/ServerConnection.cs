using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using RlOffload.Inference.Emulation;

namespace RlOffload.Inference.Remote;

/// <summary>Connections to a server, shaped by a link where one is emulated.</summary>
internal static class ServerConnection
{
    private const int Tcp = 6, NotSentLowAt = 25, MostUnsent = 16384;

    public static async ValueTask<Stream> Open(EndPoint server, ShapedLink? link, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(server, cancel).ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        // The kernel takes no more than it is about to send: when the last byte was taken, the message has nearly left (tcp(7), TCP_NOTSENT_LOWAT).
        if (OperatingSystem.IsLinux())
            socket.SetRawSocketOption(Tcp, NotSentLowAt, BitConverter.GetBytes(MostUnsent));
        var stream = new NetworkStream(socket, ownsSocket: true);
        return link is null ? stream : new ShapedStream(stream, link);
    }

    /// <summary>HTTP/1.1 without anything between: no proxy, no redirection, no time limit of its own.</summary>
    public static HttpClient Http(ShapedLink? link, string? token)
    {
        var http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            ConnectCallback = (context, cancel) => Open(context.DnsEndPoint, link, cancel),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestVersion = HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            MaxResponseContentBufferSize = 64 << 20,
        };
        if (token is not null)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }
}

using System.Net;
using System.Net.Security;
using System.Text;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Emulation;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Wire;

namespace RlOffload.Inference.Remote;

/// <summary>
/// This project's messages one after the other on one socket, which is opened again when it broke. Answers come in any order. A message that is given up before
/// its last byte has left takes the connection with it, one that is given up later does not.
/// </summary>
internal sealed class FrameWire(Uri server, RunClock clock, ShapedLink? link, string? token) : IServerWire
{
    private readonly SemaphoreSlim _sending = new(1);
    private readonly byte[] _train = new byte[(int)CostModel.ProbeBytes];
    private FrameChannel? _channel;

    public async Task<bool> WarmUp(CancellationToken cancel)
    {
        await Probe(-1, () => { }, cancel).ConfigureAwait(false);
        return true;
    }

    public Task<Reply> Exchange(Flight flight, int request, Action sent, CancellationToken cancel) =>
        Send(new FrameKey((ulong)request, IsProbe: false), flight.Plan.Exit, flight.Message.AsMemory(0, flight.MessageBytes), sent, cancel);

    public async Task Probe(int request, Action sent, CancellationToken cancel)
    {
        new ControlHeader(ControlKind.Probe, _train.Length - ControlHeader.Size, (ulong)request).Write(_train);
        await Send(new FrameKey((ulong)request, IsProbe: true), 0, _train, sent, cancel).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _channel?.Dispose();
        _sending.Dispose();
    }

    private async Task<Reply> Send(FrameKey key, int exit, ReadOnlyMemory<byte> frame, Action sent, CancellationToken cancel)
    {
        FrameChannel channel;
        Task<Reply> reply;
        await _sending.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (_channel is not { IsOpen: true })
            {
                _channel?.Dispose();
                _channel = null;
                _channel = await Connect(cancel).ConfigureAwait(false);
            }
            channel = _channel;
            reply = channel.Expect(key, exit);
            await channel.Send(frame, cancel).ConfigureAwait(false);
            sent();
        }
        finally
        {
            _sending.Release();
        }
        try
        {
            return await reply.WaitAsync(cancel).ConfigureAwait(false);
        }
        finally
        {
            channel.Forget(key);
        }
    }

    private async Task<FrameChannel> Connect(CancellationToken cancel)
    {
        Stream stream;
        try
        {
            stream = await ServerConnection.Open(new DnsEndPoint(server.Host, server.Port), link, cancel).ConfigureAwait(false);
        }
        catch (System.Net.Sockets.SocketException e)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, e.Message, e);
        }
        try
        {
            if (server.Scheme == "tls")
            {
                var secure = new SslStream(stream);
                stream = secure;
                await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = server.Host }, cancel).ConfigureAwait(false);
            }
            var channel = new FrameChannel(stream, clock);
            if (token is not null)
            {
                var hello = new byte[ControlHeader.Size + Encoding.UTF8.GetByteCount(token)];
                new ControlHeader(ControlKind.Hello, hello.Length - ControlHeader.Size, 0).Write(hello);
                Encoding.UTF8.GetBytes(token, hello.AsSpan(ControlHeader.Size));
                await channel.Send(hello, cancel).ConfigureAwait(false);
            }
            return channel;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}

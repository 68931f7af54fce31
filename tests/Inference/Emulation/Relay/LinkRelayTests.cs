using System.Net;
using System.Net.Sockets;
using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Inference.Emulation.Relay;

namespace RlOffload.Tests.Inference.Emulation.Relay;

/// <summary>Real sockets; when bytes come depends on the machine, so only that they come, whole and in order, and never too early.</summary>
public sealed class LinkRelayTests
{
    [Fact]
    public async Task BytesComeThroughBothWaysWholeAndNoSoonerThanTheLinkCarriesThem()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        await using var relay = Relay((IPEndPoint)server.LocalEndpoint, 8e6);
        using var device = new TcpClient();
        await device.ConnectAsync(relay.Address);
        using var accepted = await server.AcceptTcpClientAsync();
        byte[] up = Bytes(1, 200_000), down = Bytes(2, 50_000);
        var begun = relay.Now;
        var sending = device.GetStream().WriteAsync(up);
        Assert.Equal(up, await Read(accepted, up.Length));
        Assert.True(relay.Now - begun >= 0.2);
        await sending;
        begun = relay.Now;
        await accepted.GetStream().WriteAsync(down);
        Assert.Equal(down, await Read(device, down.Length));
        Assert.True(relay.Now - begun >= 0.05 + 0.005);
        Assert.Equal(1, relay.Connections);
    }

    [Fact]
    public async Task AnEndOnOneSideIsAnEndOnTheOther()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        await using var relay = Relay((IPEndPoint)server.LocalEndpoint, 8e7);
        using var device = new TcpClient();
        await device.ConnectAsync(relay.Address);
        using var accepted = await server.AcceptTcpClientAsync();
        var answers = device.GetStream();
        await answers.WriteAsync(new byte[1000]);
        device.Client.Shutdown(SocketShutdown.Send);
        await Read(accepted, 1000);
        Assert.Equal(0, await accepted.GetStream().ReadAsync(new byte[1]));
        await accepted.GetStream().WriteAsync(new byte[10]);
        await answers.ReadExactlyAsync(new byte[10]);
        accepted.Close();
        Assert.Equal(0, await answers.ReadAsync(new byte[1]));
    }

    [Fact]
    public async Task WithoutAServerTheConnectionEnds()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var nobody = (IPEndPoint)free.LocalEndpoint;
        free.Stop();
        await using var relay = Relay(nobody, 8e7);
        using var device = new TcpClient();
        try
        {
            await device.ConnectAsync(relay.Address);
            Assert.Equal(0, await device.GetStream().ReadAsync(new byte[1]));
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // Reset rather than closed.
        }
    }

    [Fact]
    public async Task AnAddressThatIsTakenIsRefused()
    {
        await using var relay = Relay(new IPEndPoint(IPAddress.Loopback, 9), 1e6);
        var replay = Replay(1e6, 0);
        Assert.Contains("link:--listen:", Assert.Throws<InputException>(() => new LinkRelay(relay.Address, relay.Address, replay, replay, TimeProvider.System)).Message, StringComparison.Ordinal);
    }

    private static LinkReplay Replay(double rate, int direction) =>
        new(LinkTrace.FromSamples("steady", [0], [rate], 10), new LinkImpairments(RttModel.Constant(10)), 1, direction);

    private static LinkRelay Relay(IPEndPoint server, double rate)
    {
        var relay = new LinkRelay(new IPEndPoint(IPAddress.Loopback, 0), server, Replay(rate, 0), Replay(rate, 1), TimeProvider.System);
        relay.Start();
        return relay;
    }

    private static byte[] Bytes(ulong seed, int count)
    {
        var rng = new Rng(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (byte)rng.NextInt(256))];
    }

    private static async Task<byte[]> Read(TcpClient from, int count)
    {
        var bytes = new byte[count];
        await from.GetStream().ReadExactlyAsync(bytes);
        return bytes;
    }
}

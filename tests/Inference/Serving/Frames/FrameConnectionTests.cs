using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Serving;
using RlOffload.Inference.Wire;

namespace RlOffload.Tests.Inference.Serving.Frames;

/// <summary>The bytes on the socket.</summary>
public sealed class FrameConnectionTests
{
    private static readonly OffloadPlan Plan = new(PlanKind.Split, 1, 2, 32);

    [Fact]
    public async Task SeveralMessagesMayBeUnderWayAndEachAnswerNamesItsRequest()
    {
        await using var served = await Frames();
        using var device = await Device.Connect(served);
        for (ulong request = 0; request < 20; request++)
            await device.Send(served.Message(Plan, request));
        var answers = new List<ulong>();
        for (var i = 0; i < 20; i++)
        {
            var (header, payload) = await device.Answer();
            Assert.All(served.Whole(1).Zip(MemoryMarshal.Cast<byte, float>(payload).ToArray()), p => Assert.Equal(p.First, p.Second, 1e-5f));
            answers.Add(header.Request);
        }
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (ulong)i), answers.Order());
    }

    [Fact]
    public async Task HelloAndProbeAreAnswered()
    {
        await using var served = await Frames();
        using var device = await Device.Connect(served);
        await device.Control(ControlKind.Hello, []);
        var (hello, health) = await device.Control();
        Assert.Equal(ControlKind.Hello, hello.Kind);
        Assert.Contains(served.Network.Profile.Model.Sha256, Encoding.UTF8.GetString(health), StringComparison.Ordinal);
        await device.Control(ControlKind.Probe, new byte[24_000], request: 9);
        Assert.Equal((ControlKind.Probe, 0, 9UL), (await device.Control()).Header is var probe ? (probe.Kind, probe.PayloadBytes, probe.Request) : default);
    }

    [Fact]
    public async Task ABadMessageIsRefusedByItsIdAndTheConnectionGoesOn()
    {
        await using var served = await Frames();
        using var device = await Device.Connect(served);
        var bad = served.Message(Plan, 3);
        bad[16] ^= 0xFF;
        await device.Send(bad);
        var (header, text) = await device.Control();
        Assert.Equal((ControlKind.Refusal, 409, 3UL), (header.Kind, header.Status, header.Request));
        Assert.StartsWith("model: is ", Encoding.UTF8.GetString(text), StringComparison.Ordinal);
        await device.Send(served.Message(Plan, 4));
        Assert.Equal(4UL, (await device.Answer()).Header.Request);
    }

    [Theory]
    [InlineData(0, 0x00, "magic")]
    [InlineData(4, 0x09, "version")]
    [InlineData(14, 0x7F, "payload")]
    [InlineData(15, 0xFF, "payload")]
    public async Task BytesWhoseLengthCannotBeBelievedEndTheConnectionAndNothingElse(int at, byte value, string problem)
    {
        await using var served = await Frames();
        using (var device = await Device.Connect(served))
        {
            var bad = served.Message(Plan, 3);
            bad[at] = value;
            await device.Send(bad);
            Assert.StartsWith(problem, Encoding.UTF8.GetString((await device.Control()).Payload), StringComparison.Ordinal);
            Assert.True(await device.Ended());
        }
        using var other = await Device.Connect(served);
        await other.Send(served.Message(Plan, 4));
        Assert.Equal(4UL, (await other.Answer()).Header.Request);
    }

    [Fact]
    public async Task WithoutItsTokenADeviceIsRefused()
    {
        using var folder = new TemporaryFolder();
        var tokens = TokenList.Read(folder.Write("tokens", "camera 0123456789abcdef"));
        await using var served = await ServedNetwork.Start(o => o with { Transport = Transport.Frames, Tokens = tokens });
        using var device = await Device.Connect(served);
        await device.Send(served.Message(Plan, 3));
        Assert.Equal(401, (await device.Control()).Header.Status);
        await device.Control(ControlKind.Hello, Encoding.ASCII.GetBytes("0123456789abcdef"));
        Assert.Equal(ControlKind.Hello, (await device.Control()).Header.Kind);
        await device.Send(served.Message(Plan, 4));
        Assert.Equal(4UL, (await device.Answer()).Header.Request);

        using var other = await Device.Connect(served);
        await other.Control(ControlKind.Hello, Encoding.ASCII.GetBytes("0123456789abcdeX"));
        Assert.Equal(401, (await other.Control()).Header.Status);
        Assert.True(await other.Ended());
    }

    [Fact]
    public async Task WhatIsInsideIsAnsweredWhenTheServerStops()
    {
        await using var served = await Frames();
        using var device = await Device.Connect(served);
        for (ulong request = 0; request < 5; request++)
            await device.Send(served.Message(Plan, request));
        await device.Answer();
        await served.Server.Stop();
        var (answers, statuses) = await device.Rest();
        // Where bytes of the device were unread when the server closed, TCP may drop answers that had left already.
        Assert.InRange(1 + answers, 1, served.Server.Answered);
        // A message that came while it stopped is told so, or was not read any more.
        Assert.All(statuses, status => Assert.Equal(503, status));
    }

    private static Task<ServedNetwork> Frames() => ServedNetwork.Start(o => o with { Transport = Transport.Frames });

    private sealed class Device(TcpClient client) : IDisposable
    {
        public static async Task<Device> Connect(ServedNetwork served)
        {
            var client = new TcpClient();
            await client.ConnectAsync(served.Server.Address.Host, served.Server.Address.Port);
            return new Device(client);
        }

        public ValueTask Send(byte[] frame) => client.GetStream().WriteAsync(frame);

        public ValueTask Control(ControlKind kind, byte[] payload, ulong request = 0)
        {
            var frame = new byte[ControlHeader.Size + payload.Length];
            new ControlHeader(kind, payload.Length, request).Write(frame);
            payload.CopyTo(frame, ControlHeader.Size);
            return Send(frame);
        }

        public async Task<(AnswerHeader Header, byte[] Payload)> Answer()
        {
            var head = await Read(AnswerHeader.Size);
            var payload = await Read(BitConverter.ToInt32(head, 8));
            var header = AnswerHeader.Read([.. head, .. payload], out var problem);
            Assert.Null(problem);
            return (header, payload);
        }

        public async Task<(ControlHeader Header, byte[] Payload)> Control()
        {
            var header = ControlHeader.Read(await Read(ControlHeader.Size), out var problem);
            Assert.Null(problem);
            return (header, await Read(header.PayloadBytes));
        }

        public async Task<bool> Ended()
        {
            try
            {
                return await client.GetStream().ReadAsync(new byte[1]) == 0;
            }
            catch (IOException)
            {
                // The server closed while bytes of the device were still unread.
                return true;
            }
        }

        /// <summary>Reads until the connection ends: how many answers, and the statuses of refusals.</summary>
        public async Task<(int Answers, List<int> Statuses)> Rest()
        {
            var (answers, statuses, head) = (0, new List<int>(), new byte[AnswerHeader.Size]);
            try
            {
                while (await client.GetStream().ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false) == head.Length)
                    if (ControlHeader.Is(head))
                    {
                        var control = ControlHeader.Read(head, out _);
                        await Read(control.PayloadBytes);
                        statuses.Add(control.Status);
                    }
                    else
                    {
                        await Read(BitConverter.ToInt32(head, 8));
                        answers++;
                    }
            }
            catch (IOException)
            {
                // The server closed while bytes of the device were still unread.
            }
            return (answers, statuses);
        }

        public void Dispose() => client.Dispose();

        private async Task<byte[]> Read(int count)
        {
            var bytes = new byte[count];
            await client.GetStream().ReadExactlyAsync(bytes);
            return bytes;
        }
    }
}

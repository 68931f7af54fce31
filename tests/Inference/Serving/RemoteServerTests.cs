using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Remote;
using RlOffload.Inference.Serving;
using RlOffload.Inference.Wire;

namespace RlOffload.Tests.Inference.Serving;

public sealed class RemoteServerTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly PartitionSet _partitions;
    private readonly TensorStore _store;
    private readonly RemoteServer _server;
    private readonly HttpClient _http = new();
    private readonly byte[] _frame = TestNetwork.Frame(9);

    public RemoteServerTests()
    {
        var network = new TestNetwork(_folder);
        _partitions = new PartitionSet(network.ModelPath, network.Profile);
        _store = new TensorStore(_partitions);
        new PixelCodec(network.Profile).Fill(_frame, _store.Input.Bytes);
        _server = new RemoteServer(_partitions, new ServerOptions(IPAddress.Loopback, 0));
    }

    public async Task InitializeAsync()
    {
        _server.Prepare(PartitionSet.ServerParts(PlanTable.Of(_partitions.Profile, [8], probe: false)));
        await _server.Start();
        _http.BaseAddress = _server.Address;
    }

    public async Task DisposeAsync()
    {
        await _server.Stop();
        await _server.DisposeAsync();
        _http.Dispose();
        _store.Dispose();
        _partitions.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(PlanKind.Split, 0, 1, 32)]
    [InlineData(PlanKind.Split, 1, 2, 32)]
    [InlineData(PlanKind.Remote, 1, 0, 0)]
    public async Task TheAnswerIsWhatTheWholeNetworkSays(PlanKind kind, int exit, int cut, int bits)
    {
        _store.RunWhole(exit);
        var expected = _store.Answer(exit)[0].Floats.ToArray();
        _store.RunHead(cut);
        var answer = await Ask(new OffloadPlan(kind, exit, cut, bits), 77);
        var header = AnswerHeader.Read(answer, out var problem);
        Assert.Null(problem);
        Assert.Equal((exit, 1, 40, 77UL), (header.Exit, header.Outputs, header.PayloadBytes, header.Request));
        Assert.InRange(header.ComputedSeconds, 1e-6, 10);
        Assert.All(expected.Zip(MemoryMarshal.Cast<byte, float>(answer.AsSpan(AnswerHeader.Size)).ToArray()), p => Assert.Equal(p.First, p.Second, 1e-5f));
    }

    [Fact]
    public async Task AQuantisedTensorIsAnsweredAsTheTailAnswersItsDequantisedNumbers()
    {
        _store.RunHead(2);
        var answer = await Ask(new OffloadPlan(PlanKind.Split, 1, 2, 4), 1);
        var tensor = MemoryMarshal.Cast<byte, float>(_store.Cut(2)[0].Bytes);
        AffineQuantiser.Quantise(tensor, 4, tensor);
        _store.RunTail(1, 2);
        Assert.Equal(_store.Answer(1)[0].Floats.ToArray(), MemoryMarshal.Cast<byte, float>(answer.AsSpan(AnswerHeader.Size)).ToArray());
    }

    [Fact]
    public async Task WhateverComesIsRefusedWithAReasonAndTheServerGoesOn()
    {
        _store.RunHead(2);
        var good = Message(new OffloadPlan(PlanKind.Split, 1, 2, 8), 1);
        await Refused(new byte[10], HttpStatusCode.BadRequest, "length: is 10 bytes");
        await Refused([], HttpStatusCode.BadRequest, "length: is 0 bytes");
        await Refused(new byte[RequestReader.MostBytes(_partitions.Profile) + 1], HttpStatusCode.RequestEntityTooLarge, "length");
        await Refused(good[..^1], HttpStatusCode.BadRequest, "payload");
        await Refused([.. good, 0], HttpStatusCode.BadRequest, "payload");
        await Refused(Changed(good, 16, 0xEE), HttpStatusCode.Conflict, "model");
        await Refused(Changed(good, 4, 9), HttpStatusCode.BadRequest, "version");
        await Refused(Changed(good, 5, 9), HttpStatusCode.UnprocessableEntity, "exit 9");
        await Refused(Changed(good, 39, 0xFF), HttpStatusCode.BadRequest, "checksum");
        var sealedAgain = Changed(good, 39, 0xFF);
        Checksum.Seal(sealedAgain);
        await Refused(sealedAgain, HttpStatusCode.BadRequest, "grid");
        Assert.Equal(HttpStatusCode.NotFound, (await _http.PostAsync("/nonsense", new ByteArrayContent(good))).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await _http.GetAsync(RemoteServer.InferPath)).StatusCode);
        await Ask(new OffloadPlan(PlanKind.Split, 1, 2, 8), 2);
        Assert.Equal((1, 10), (_server.Answered, _server.Refused));
    }

    [Theory]
    [InlineData(Transport.Http)]
    [InlineData(Transport.Frames)]
    public async Task ANetworkWithLongerMessagesTakesOverOnConnectionsThatAreOpen(Transport transport)
    {
        using var folder = new TemporaryFolder();
        var other = new TestNetwork(folder, seed: 5, filters: 64);
        using var partitions = new PartitionSet(other.ModelPath, other.Profile);
        using var store = new TensorStore(partitions);
        new PixelCodec(other.Profile).Fill(_frame, store.Input.Bytes);
        await using var server = new RemoteServer(_partitions, new ServerOptions(IPAddress.Loopback, 0) { Transport = transport, HttpPort = 0 });
        await server.Start();
        using var over = new CancellationTokenSource();
        var marker = folder.Write("marker", "");
        var watching = server.Watch(() => (new PartitionSet(other.ModelPath, other.Profile), []), [marker], 0.02, over.Token);
        using var http = new HttpClient { BaseAddress = server.HttpAddress };
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Address.Host, server.Address.Port);

        async Task<byte[]> Answer(byte[] message)
        {
            if (transport == Transport.Http)
                return await (await http.PostAsync(RemoteServer.InferPath, new ByteArrayContent(message))).EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync();
            await socket.GetStream().WriteAsync(message);
            var answer = new byte[AnswerHeader.Size + 40];
            await socket.GetStream().ReadExactlyAsync(answer);
            return answer;
        }
        _store.RunHead(1);
        var plan = new OffloadPlan(PlanKind.Split, 1, 1, 32);
        AnswerHeader.Read(await Answer(Message(plan, 1)), out var problem);
        Assert.Null(problem);

        File.WriteAllText(marker, "now");
        while ((await ServerHealth.Of(server.HttpAddress!, TimeSpan.FromSeconds(10), default))?.Sha256 != other.Profile.Model.Sha256)
            await Task.Delay(10);
        store.RunHead(1);
        byte[] message = [];
        var length = new RequestWriter(partitions, "raw").Write(plan, 2, _frame, store, ref message);
        Assert.True(length > RequestReader.MostBytes(_partitions.Profile));
        var longer = await Answer(message[..length]);
        Assert.Equal(2UL, AnswerHeader.Read(longer, out problem).Request);
        Assert.Null(problem);
        store.RunTail(1, 1);
        Assert.All(store.Answer(1)[0].Floats.ToArray().Zip(MemoryMarshal.Cast<byte, float>(longer.AsSpan(AnswerHeader.Size)).ToArray()), p => Assert.Equal(p.First, p.Second, 1e-5f));
        await over.CancelAsync();
        await watching;
    }

    [Theory]
    [InlineData("GARBAGE\r\n\r\n")]
    [InlineData("POST /infer HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n")]
    [InlineData("POST /infer HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    public async Task BytesThatAreNoHttpAreRefusedAndTheServerGoesOn(string bytes)
    {
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(_server.Address.Host, _server.Address.Port);
            using var reader = new StreamReader(client.GetStream());
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(bytes));
            // Not more than the first line: a server that closes on unread bytes may reset the connection after its answer.
            Assert.StartsWith("HTTP/1.1 4", await reader.ReadLineAsync(), StringComparison.Ordinal);
        }
        Assert.Equal("ok", (await ServerHealth.Of(_server.Address, TimeSpan.FromSeconds(30), default))!.Status);
    }

    [Fact]
    public async Task AClientThatLeavesInTheMiddleOfAMessageDoesNoHarm()
    {
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(_server.Address.Host, _server.Address.Port);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("POST /infer HTTP/1.1\r\nHost: x\r\nContent-Length: 300\r\n\r\nRLOQ"));
        }
        _store.RunHead(2);
        await Ask(new OffloadPlan(PlanKind.Split, 1, 2, 8), 2);
    }

    [Fact]
    public async Task HealthSaysWhatIsServed()
    {
        var health = await ServerHealth.Of(_server.Address, TimeSpan.FromSeconds(30), default);
        Assert.Equal(("ok", 2, "network.onnx", _partitions.Profile.Model.Sha256), (health!.Status, health.Wire, health.Model, health.Sha256));
        Assert.Equal(5, health.Partitions);
    }

    [Fact]
    public async Task AProbeIsTakenAndForgotten() =>
        Assert.Equal(HttpStatusCode.NoContent, (await _http.PostAsync(RemoteServer.ProbePath, new ByteArrayContent(new byte[24000]))).StatusCode);

    [Fact]
    public async Task ATakenPortIsRefusedWithItsNumber()
    {
        await using var second = new RemoteServer(_partitions, new ServerOptions(IPAddress.Loopback, _server.Address.Port));
        var refusal = await Assert.ThrowsAsync<InputException>(() => second.Start());
        Assert.Contains($"serve:--port: is {_server.Address.Port}", refusal.Message, StringComparison.Ordinal);
    }

    private async Task<byte[]> Ask(OffloadPlan plan, ulong request)
    {
        using var content = new ByteArrayContent(Message(plan, request));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        var response = await _http.PostAsync(RemoteServer.InferPath, content);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return await response.Content.ReadAsByteArrayAsync();
    }

    private async Task Refused(byte[] message, HttpStatusCode status, string reason)
    {
        var response = await _http.PostAsync(RemoteServer.InferPath, new ByteArrayContent(message));
        Assert.Equal(status, response.StatusCode);
        Assert.StartsWith(reason, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private byte[] Message(OffloadPlan plan, ulong request)
    {
        byte[] message = [];
        var length = new RequestWriter(_partitions, "raw").Write(plan, request, _frame, _store, ref message);
        return message[..length];
    }

    private static byte[] Changed(byte[] message, int at, byte value)
    {
        var changed = message.ToArray();
        changed[at] = value;
        return changed;
    }
}

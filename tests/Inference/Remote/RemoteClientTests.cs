using System.Net;
using System.Net.Sockets;
using System.Text;
using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Environment.Plans;
using RlOffload.Inference;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Emulation.Relay;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Remote;
using RlOffload.Inference.Serving;
using RlOffload.Inference.Wire;

namespace RlOffload.Tests.Inference.Remote;

/// <summary>The client against a real server, and against sockets that answer as no server should.</summary>
public sealed class RemoteClientTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PartitionSet _partitions;
    private readonly FlightPool _pool;
    private readonly Mailbox _mailbox = new(new RunClock(TimeProvider.System));
    private readonly CostModel _model;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public RemoteClientTests()
    {
        var network = new TestNetwork(_folder);
        _model = network.Model();
        _partitions = new PartitionSet(network.ModelPath, network.Profile);
        _pool = FlightPool.Of(_partitions, TestNetwork.FrameBytes, [], ready: 1);
        _listener.Start();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _pool.Dispose();
        _partitions.Dispose();
        _mailbox.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("cut2@2/8b", RemoteKind.Http)]
    [InlineData("remote@2", RemoteKind.Http)]
    [InlineData("cut2@2/8b", RemoteKind.Frames)]
    [InlineData("remote@2", RemoteKind.Frames)]
    [InlineData("cut2@2/32b", RemoteKind.Oip)]
    [InlineData("remote@2", RemoteKind.Oip)]
    public async Task AMessageIsToldAsSentAndThenAsAnswered(string plan, RemoteKind kind)
    {
        var transport = kind == RemoteKind.Frames ? Transport.Frames : Transport.Http;
        await using var server = new RemoteServer(_partitions, new ServerOptions(IPAddress.Loopback, 0) { Transport = transport });
        await server.Start();
        using var client = Client(server.Address, kind);
        Assert.True(await client.WarmUp(default));
        var flight = Flight(plan, kind);
        client.Send(flight);
        var sent = Told();
        Assert.Equal((What.Sent, 5), (sent.What, sent.Request));
        var answered = Told();
        Assert.Equal((What.Answered, 5), (answered.What, answered.Request));
        Assert.True(answered.At >= sent.At);
        Assert.InRange(answered.RoundTrip, 0, answered.At - sent.At);
        Assert.Equal(flight.ServerComputed, answered.Server);
        flight.Store!.RunWhole(1);
        Assert.Equal(Classes.Best(flight.Store.Answer(1)[0].Floats), flight.RemoteClass);
        client.SendProbe(6);
        Assert.Equal((What.Sent, 6, true, true), Told() is var probe ? (probe.What, probe.Request, probe.Probe, probe.Unseen) : default);
        Assert.Equal((What.Probed, 6, true), Told() is var probed ? (probed.What, probed.Request, probed.Probe) : default);
        client.Ping(-7);
        var pinged = Told();
        Assert.Equal((What.Pinged, -7, true), (pinged.What, pinged.Request, pinged.Probe));
        Assert.True(pinged.RoundTrip > 0);
        // A server of the Open Inference Protocol says nothing of its load.
        Assert.Equal(kind == RemoteKind.Oip, double.IsNaN(pinged.Load));
        Assert.True(kind == RemoteKind.Oip || pinged.Load > 0);
    }

    /// <summary>How soon a machine wakes is its own matter, so the link is slow and nothing is asked but that it is not told to be much faster.</summary>
    [Theory]
    [InlineData(RemoteKind.Http)]
    [InlineData(RemoteKind.Frames)]
    [InlineData(RemoteKind.Oip)]
    public async Task WhatARelayTakesInAtOnceIsTimedByTheServerThatSeesItCome(RemoteKind kind)
    {
        const double Rate = 1e5;
        var transport = kind == RemoteKind.Frames ? Transport.Frames : Transport.Http;
        await using var server = new RemoteServer(_partitions, new ServerOptions(IPAddress.Loopback, 0) { Transport = transport });
        await server.Start();
        LinkReplay Replay(int direction) => new(LinkTrace.FromSamples("steady", [0], [Rate], 10), new LinkImpairments(RttModel.Constant(20)), 1, direction);
        await using var relay = new LinkRelay(new IPEndPoint(IPAddress.Loopback, 0), new IPEndPoint(IPAddress.Loopback, server.Address.Port), Replay(0), Replay(1), TimeProvider.System);
        relay.Start();
        using var client = Client(new Uri($"{server.Address.Scheme}://127.0.0.1:{relay.Address.Port}/"), kind);
        Assert.True(await client.WarmUp(default));
        var flight = Flight("cut1@2/32b", kind);
        client.Send(flight);
        var (sent, answered) = (Told(), Told());
        Assert.Equal((What.Sent, true, What.Answered, true), (sent.What, sent.Unseen, answered.What, answered.Told));
        var seconds = flight.MessageBytes * 8 / Rate;
        Assert.InRange(answered.Uplink, 0.3 * seconds, answered.At);
        Assert.InRange(answered.RoundTrip, 0, Math.Max(0, answered.At - answered.Uplink));
        client.SendProbe(6);
        var (left, probed) = (Told(), Told());
        Assert.Equal((What.Sent, What.Probed), (left.What, probed.What));
        // The Open Inference Protocol has no probes that could be timed by who gets them.
        Assert.Equal(kind == RemoteKind.Oip, double.IsNaN(probed.Uplink));
        Assert.True(kind == RemoteKind.Oip || probed.Uplink > 0.3 * CostModel.ProbeBytes * 8 / Rate, $"{probed.Uplink}");
    }

    [Fact]
    public async Task AServerOfAnotherModelRefusesAndSaysWhy()
    {
        using var folder = new TemporaryFolder();
        var other = new TestNetwork(folder, seed: 3);
        using var partitions = new PartitionSet(other.ModelPath, other.Profile);
        await using var server = new RemoteServer(partitions, new ServerOptions(IPAddress.Loopback, 0));
        await server.Start();
        using var client = Client(server.Address);
        Assert.Equal(Reason.Refused, Failure(client, "cut2@2/8b"));
        Assert.StartsWith("409 model: is ", client.LastRefusal, StringComparison.Ordinal);
    }

    [Fact]
    public void NobodyThere()
    {
        _listener.Stop();
        using var client = Client(Address);
        Assert.Equal(Reason.Unreachable, Failure(client, "cut2@2/8b"));
        client.SendProbe(6);
        Assert.Equal((What.Failed, true), Told() is var probe ? (probe.What, probe.Probe) : default);
    }

    [Theory]
    [InlineData("", Reason.BrokenOff)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 72\r\n\r\nRLOA", Reason.BrokenOff)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n0123456789012345678901234567890123456789", Reason.Malformed)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", Reason.Malformed)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nabc", Reason.Malformed)]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\nContent-Length: 0\r\n\r\n", Reason.Refused)]
    [InlineData("HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\nhelp", Reason.Refused)]
    [InlineData("garbage\r\n\r\n", Reason.BrokenOff)]
    public void AnAnswerThatIsNoneIsAReasonAndNeverAnException(string answer, Reason reason)
    {
        _ = Answer(Encoding.ASCII.GetBytes(answer));
        using var client = Client(Address);
        Assert.Equal(reason, Failure(client, "cut2@2/8b"));
    }

    [Fact]
    public void TheAnswerOfAnotherRequestIsMalformed()
    {
        var answer = new byte[AnswerHeader.Size + 40];
        new AnswerHeader(1, 1, 40, 0, 0, Request: 6).Write(answer);
        Checksum.Seal(answer);
        _ = Answer([.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {answer.Length}\r\n\r\n"), .. answer]);
        using var client = Client(Address);
        Assert.Equal(Reason.Malformed, Failure(client, "cut2@2/8b"));
    }

    [Fact]
    public async Task WhatIsStoppedTellsNothingMore()
    {
        using var client = Client(Address);
        var flight = Flight("cut2@2/8b");
        client.Send(flight);
        Assert.Equal(What.Sent, Told().What);
        client.Stop(5, probe: false);
        // The flight is let go of only after its last word.
        while (_pool.Take() != flight)
            await Task.Delay(5);
        Assert.False(_mailbox.TryTake(out _));
    }

    [Fact]
    public void ACutThatCannotBeQuantisedIsNotSent()
    {
        using var client = Client(Address);
        var flight = Flight("cut2@2/8b");
        flight.MessageBytes = -1;
        client.Send(flight);
        var told = Told();
        Assert.Equal((What.Failed, Reason.NotFinite), (told.What, told.Reason));
    }

    private Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    private RemoteClient Client(Uri server, RemoteKind kind = RemoteKind.Http)
    {
        var options = new RemoteOptions(server, kind);
        return new RemoteClient(options.Open(_mailbox.Clock, null, _partitions), options.Writer(_partitions, "raw"), _model, _mailbox, _pool, null, null);
    }

    private Reason Failure(RemoteClient client, string plan)
    {
        client.Send(Flight(plan));
        var told = Told();
        while (told.What == What.Sent)
            told = Told();
        Assert.Equal(What.Failed, told.What);
        return told.Reason;
    }

    /// <summary>Takes one request whole, writes the bytes and closes.</summary>
    private async Task Answer(byte[] bytes)
    {
        using var client = await _listener.AcceptTcpClientAsync();
        var stream = client.GetStream();
        var (buffer, read) = (new byte[1 << 16], 0);
        while (!Whole(buffer.AsSpan(0, read)) && await stream.ReadAsync(buffer.AsMemory(read)) is var some and > 0)
            read += some;
        await stream.WriteAsync(bytes);
    }

    private static bool Whole(ReadOnlySpan<byte> request)
    {
        var text = Encoding.Latin1.GetString(request);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return end >= 0 && request.Length >= end + 4 + int.Parse(text[(text.IndexOf("Length:", StringComparison.Ordinal) + 7)..].Split('\r')[0]);
    }

    private Flight Flight(string text, RemoteKind kind = RemoteKind.Http)
    {
        var flight = _pool.Take();
        TestNetwork.Frame(3).CopyTo(flight.Pixels, 0);
        flight.Begin(5, 3, 0, 1);
        var plan = Enumerable.Range(0, _model.Count).Single(p => _model.Table.Plans[p].ToString() == text);
        flight.Planned(plan, _model.Table.Plans[plan], default, new Observation(), 0);
        new PixelCodec(_partitions.Profile).Fill(flight.Pixels, flight.Store!.Input.Bytes);
        if (flight.Plan.Kind == PlanKind.Split)
        {
            flight.Store.RunHead(flight.Plan.Cut);
            flight.MessageBytes = new RemoteOptions(Address, kind).Writer(_partitions, "raw").Write(flight.Plan, 5, flight.Pixels, flight.Store, ref flight.Message);
        }
        return flight;
    }

    private Happened Told()
    {
        Happened told;
        while (!_mailbox.TryTake(out told))
            _mailbox.WaitUntil(_mailbox.Clock.Now + 1);
        return told;
    }
}

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using RlOffload.Environment;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Remote;
using RlOffload.Inference.Wire;

namespace RlOffload.Tests.Inference.Remote;

/// <summary>One end a wire, the other a socket that says what the test wants, when it wants.</summary>
public sealed class FrameWireTests : IDisposable
{
    /// <summary>More than the kernel takes while nobody reads.</summary>
    private const int Large = 16 << 20;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly FrameWire _wire;

    public FrameWireTests()
    {
        _listener.Start();
        _wire = Wire("tcp");
    }

    public void Dispose()
    {
        _wire.Dispose();
        _listener.Dispose();
    }

    [Fact]
    public async Task AnswersComeInAnyOrderAndEachEndsItsOwnRequest()
    {
        NotedExchange[] sent = [new(1), new(2), new(3)];
        foreach (var s in sent)
            _wire.Begin(s);
        using var server = await Accept();
        foreach (var s in sent)
            Assert.Equal(s.Frame, await server.Frame());
        await server.Write([.. FramePeer.Answer(3), .. FramePeer.Answer(1), .. FramePeer.Answer(2)]);
        foreach (var s in sent)
            Assert.Equal((Reason.None, (ulong)s.Request, s.Request), await s.Ended() is var reply ? (reply.Reason, reply.Header.Request, reply.Class) : default);
        Assert.All(sent, s => Assert.Equal("sent ended", s.Told));
    }

    [Fact]
    public async Task AnAnswerInPiecesIsOneAnswerAndSeveralInOnePieceAreSeveral()
    {
        NotedExchange[] sent = [new(1), new(2), new(3)];
        foreach (var s in sent)
            _wire.Begin(s);
        using var server = await Accept();
        foreach (var s in sent)
            await server.Frame();
        byte[] bytes = [.. FramePeer.Answer(1, floats: 20_000), .. FramePeer.Answer(2), .. FramePeer.Answer(3)];
        foreach (var piece in new[] { ..7, 7..40, 40..50_000, 50_000..^80, ^80.. })
            await server.Write(bytes[piece]);
        foreach (var s in sent)
            Assert.Equal((Reason.None, s.Request), await s.Ended() is var reply ? (reply.Reason, reply.Class) : default);
    }

    [Fact]
    public async Task TheLateAnswerOfWhatWasStoppedIsNotTheAnswerOfWhatCameAfterIt()
    {
        var exchange = new NotedExchange(5);
        _wire.Begin(exchange);
        using var server = await Accept();
        await server.Frame();
        await exchange.HasLeft();
        exchange.Stop();
        _wire.Stop(exchange);
        await exchange.Ended();
        exchange.Again(6);
        _wire.Begin(exchange);
        Assert.Equal(exchange.Frame, await server.Frame());
        await server.Write([.. FramePeer.Answer(5), .. FramePeer.Answer(6)]);
        Assert.Equal((6UL, 6), await exchange.Ended() is var reply ? (reply.Header.Request, reply.Class) : default);
        Assert.Equal("sent ended sent ended", exchange.Told);
    }

    [Fact]
    public async Task AnAnswerThatComesBeforeTheLastByteHasLeftWaitsForIt()
    {
        var (small, large) = (new NotedExchange(1), new NotedExchange(2, Large));
        _wire.Begin(small);
        _wire.Begin(large);
        using var server = await Accept();
        await server.Frame();
        var header = await server.Header();
        await server.Write([.. FramePeer.Answer(2), .. FramePeer.Answer(1)]);
        // What came behind it has been read.
        await small.Ended();
        Assert.Equal("", large.Told);
        await server.Payload(header);
        Assert.Equal(2UL, (await large.Ended()).Header.Request);
        Assert.Equal("sent ended", large.Told);
    }

    [Fact]
    public async Task AConnectionThatIsCutInTheMiddleOfASendEndsItOnceAndTheNextOneOpensAnother()
    {
        var (waiting, cut) = (new NotedExchange(1), new NotedExchange(2, Large));
        _wire.Begin(waiting);
        _wire.Begin(cut);
        using (var server = await Accept())
        {
            await server.Frame();
            await server.Header();
        }
        Assert.Equal(Reason.BrokenOff, (await waiting.Ended()).Reason);
        Assert.Equal(Reason.BrokenOff, (await cut.Ended()).Reason);
        Assert.Equal(("sent ended", "ended"), (waiting.Told, cut.Told));
        await GoesOn();
    }

    [Fact]
    public async Task AnAnswerBeforeACutInTheMiddleOfASendIsNone()
    {
        var (waiting, cut) = (new NotedExchange(1), new NotedExchange(2, Large));
        _wire.Begin(waiting);
        _wire.Begin(cut);
        using (var server = await Accept())
        {
            await server.Frame();
            await server.Header();
            await server.Write([.. FramePeer.Answer(2), .. FramePeer.Answer(1)]);
            await waiting.Ended();
        }
        Assert.Equal(Reason.BrokenOff, (await cut.Ended()).Reason);
        Assert.Equal("ended", cut.Told);
    }

    [Fact]
    public async Task WhatIsStoppedWhileItLeavesTakesTheConnectionWithItAndIsEndedOnceItsMemoryIsFree()
    {
        var (waiting, stopped, queued) = (new NotedExchange(1), new NotedExchange(2, Large), new NotedExchange(3));
        _wire.Begin(waiting);
        _wire.Begin(stopped);
        using var server = await Accept();
        await server.Frame();
        await server.Header();
        _wire.Begin(queued);
        queued.Stop();
        _wire.Stop(queued);
        stopped.Stop();
        _wire.Stop(stopped);
        await stopped.Ended();
        await queued.Ended();
        Assert.Equal(Reason.BrokenOff, (await waiting.Ended()).Reason);
        Assert.Equal(("ended", "ended"), (stopped.Told, queued.Told));
        // The rest of the frame never comes.
        Assert.True(await server.Rest() < Large);
        await GoesOn();
    }

    [Fact]
    public async Task AConnectionThatDoesNotComeAboutIsGivenUp()
    {
        using var wire = Wire("tls");
        var exchange = new NotedExchange(1);
        wire.Begin(exchange);
        using var silent = await Accept();
        // It says hello to nobody: the connection is being opened from here on.
        await silent.Some();
        exchange.Stop();
        wire.Stop(exchange);
        await exchange.Ended();
        Assert.Equal("ended", exchange.Told);
    }

    [Fact]
    public async Task NobodyThereIsUnreachable()
    {
        _listener.Stop();
        var exchange = new NotedExchange(1);
        _wire.Begin(exchange);
        Assert.Equal(Reason.Unreachable, (await exchange.Ended()).Reason);
    }

    [Fact]
    public async Task WhatCannotBeUnderstoodEndsAllThatIsExpected()
    {
        NotedExchange[] sent = [new(1), new(2)];
        foreach (var s in sent)
            _wire.Begin(s);
        using (var server = await Accept())
        {
            foreach (var s in sent)
                await server.Frame();
            var answer = FramePeer.Answer(1);
            answer[^1] ^= 1;
            await server.Write(answer);
            foreach (var s in sent)
                Assert.Equal(Reason.Malformed, (await s.Ended()).Reason);
        }
        await GoesOn();
    }

    [Fact]
    public async Task ARefusalEndsItsRequestWithTheServersWords()
    {
        var exchange = new NotedExchange(4);
        _wire.Begin(exchange);
        using var server = await Accept();
        await server.Frame();
        var refusal = new byte[ControlHeader.Size + 4];
        new ControlHeader(ControlKind.Refusal, 4, 4, 429, 0.25).Write(refusal);
        "full"u8.CopyTo(refusal.AsSpan(ControlHeader.Size));
        await server.Write(refusal);
        Assert.Equal((Reason.Refused, "429 full", 0.25), await exchange.Ended() is var reply ? (reply.Reason, reply.Refusal, reply.RetryAfter) : default);
    }

    [Fact]
    public async Task ClosingEndsWhateverIsUnderWay()
    {
        NotedExchange[] sent = [new(1), new(2, Large), new(3)];
        foreach (var s in sent)
            _wire.Begin(s);
        using var server = await Accept();
        await server.Frame();
        await server.Header();
        _wire.Dispose();
        foreach (var s in sent)
            Assert.Equal(Reason.BrokenOff, (await s.Ended()).Reason);
        var late = new NotedExchange(4);
        _wire.Begin(late);
        Assert.Equal(Reason.BrokenOff, (await late.Ended()).Reason);
    }

    /// <summary>Slots are used again at once, answers come late, in any order or never, and a third of the requests are stopped at any moment.</summary>
    [Fact]
    public async Task WhateverIsStoppedEveryExchangeEndsOnceAndNeverWithAnothersAnswer()
    {
        var rng = new Rng(7);
        using var over = new CancellationTokenSource();
        var serving = Serve(new Rng(8), over.Token);
        NotedExchange[] slots = [.. Enumerable.Range(0, 6).Select(i => new NotedExchange(i))];
        var answered = 0;
        for (var round = 0; round < 400; round++)
        {
            foreach (var slot in slots)
                _wire.Begin(slot);
            foreach (var slot in slots)
                if (rng.NextInt(3) == 0)
                {
                    if (rng.NextInt(2) == 0)
                        await Task.Yield();
                    slot.Stop();
                    _wire.Stop(slot);
                }
            await Task.Yield();
            foreach (var (slot, s) in slots.Select((slot, s) => (slot, s)))
            {
                // The server keeps silent on every eleventh.
                if (slot.Request % 11 == 0 && !slot.Stopped)
                {
                    slot.Stop();
                    _wire.Stop(slot);
                }
                var reply = await slot.Ended();
                if (!slot.Stopped && reply.Reason == Reason.None)
                {
                    Assert.Equal((ulong)slot.Request, reply.Header.Request);
                    answered++;
                }
                slot.Again((round + 1) * slots.Length + s);
            }
        }
        Assert.All(slots, slot => Assert.Equal(400, slot.Ends));
        Assert.True(answered > 800, $"{answered} were answered");
        await over.CancelAsync();
        await serving;
    }

    private FrameWire Wire(string scheme) =>
        new(new Uri($"{scheme}://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}"), new RunClock(TimeProvider.System), null, null);

    private async Task<FramePeer> Accept() => new(await _listener.AcceptSocketAsync().WaitAsync(TimeSpan.FromSeconds(30)));

    /// <summary>Over a new connection.</summary>
    private async Task GoesOn()
    {
        var next = new NotedExchange(9);
        _wire.Begin(next);
        using var server = await Accept();
        Assert.Equal(next.Frame, await server.Frame());
        await server.Write(FramePeer.Answer(9));
        Assert.Equal((Reason.None, 9), await next.Ended() is var reply ? (reply.Reason, reply.Class) : default);
    }

    private async Task Serve(Rng rng, CancellationToken over)
    {
        var held = new List<byte[]>();
        try
        {
            while (true)
            {
                using var server = new FramePeer(await _listener.AcceptSocketAsync(over));
                try
                {
                    while (true)
                    {
                        var request = BinaryPrimitives.ReadUInt32LittleEndian((await server.Frame(over)).AsSpan(24));
                        if (request % 11 != 0)
                            held.Insert(rng.NextInt(held.Count + 1), FramePeer.Answer(request));
                        while (held.Count > 2 || (held.Count > 0 && !server.HasMore))
                        {
                            await server.Write(held[0]);
                            held.RemoveAt(0);
                        }
                    }
                }
                catch (Exception e) when (e is IOException)
                {
                    // One was stopped while it left.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}

using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Wire;

namespace RlOffload.Tests.Inference.Wire;

public sealed class RequestReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PartitionSet _partitions;
    private readonly TensorStore _device, _server;
    private readonly RequestReader _reader;
    private readonly byte[] _frame = TestNetwork.Frame(5);

    public RequestReaderTests()
    {
        var network = new TestNetwork(_folder);
        _partitions = new PartitionSet(network.ModelPath, network.Profile);
        (_device, _server, _reader) = (new TensorStore(_partitions), new TensorStore(_partitions), new RequestReader(_partitions));
        new PixelCodec(network.Profile).Fill(_frame, _device.Input.Bytes);
    }

    public void Dispose()
    {
        _device.Dispose();
        _server.Dispose();
        _partitions.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(0, 1, 32)]
    [InlineData(1, 1, 32)]
    [InlineData(1, 2, 32)]
    [InlineData(1, 2, 8)]
    [InlineData(0, 1, 3)]
    public void WhatIsWrittenArrivesAsTheQuantisedTensors(int exit, int cut, int bits)
    {
        _device.RunHead(cut);
        var message = Message(new OffloadPlan(PlanKind.Split, exit, cut, bits), "raw");
        Assert.Null(_reader.Check(message, out var header));
        Assert.Equal((exit, cut, bits, 42UL), (header.Exit, header.Cut, header.Bits, header.Request));
        Assert.Null(_reader.Unpack(message, message.Length, header, _server));
        var expected = _device.Cut(cut)[0].Floats.ToArray();
        AffineQuantiser.Quantise(expected, bits, expected);
        Assert.Equal(expected, _server.Cut(cut)[0].Floats.ToArray());
    }

    [Theory]
    [InlineData("raw")]
    [InlineData("deflate")]
    [InlineData("float32")]
    public void TheInputArrivesInEveryEncoding(string encoding)
    {
        var message = Message(new OffloadPlan(PlanKind.Remote, 1, 0, 0), encoding);
        Assert.Null(_reader.Check(message, out var header));
        Assert.Null(_reader.Unpack(message, message.Length, header, _server));
        Assert.Equal(_device.Input.Bytes.ToArray(), _server.Input.Bytes.ToArray());
    }

    [Fact]
    public void AnEncodingThatTheRuntimeCannotSendIsRefusedAtOnce() =>
        Assert.Contains("jpeg-75", Assert.Throws<InputException>(() => new RequestWriter(_partitions, "jpeg-75")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(16, 0xFF, 409, "model")]        // hash
    [InlineData(5, 9, 422, "exit 9")]
    [InlineData(8, 7, 422, "cut 7")]
    [InlineData(8, 4, 422, "cut 4")]            // the exit's own output has no tail
    [InlineData(6, 9, 400, "bits: is 9")]
    [InlineData(6, 4, 400, "payload")]          // other bits than were packed
    [InlineData(10, 2, 422, "tensors: are 2")]
    [InlineData(12, 0, 400, "payload")]
    [InlineData(15, 0x80, 400, "payload")]      // a negative length
    [InlineData(7, 1, 422, "pixels are allowed at cut 0 only")]
    [InlineData(4, 3, 400, "version")]
    public void EveryWrongFieldIsRefusedWithItsReason(int at, byte value, int status, string reason)
    {
        _device.RunHead(2);
        var message = Message(new OffloadPlan(PlanKind.Split, 1, 2, 8), "raw");
        message[at] = value;
        var refusal = _reader.Check(message, out _);
        Assert.Equal(status, refusal!.Status);
        Assert.Contains(reason, refusal.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void AMessageThatChangedOnItsWayIsRefused()
    {
        _device.RunHead(2);
        var message = Message(new OffloadPlan(PlanKind.Split, 1, 2, 8), "raw");
        for (var at = RequestHeader.Size - 8; at < message.Length; at++)
            for (var bit = 0; bit < 8; bit++)
            {
                message[at] ^= (byte)(1 << bit);
                Assert.StartsWith("checksum", _reader.Check(message, out _)!.Problem, StringComparison.Ordinal);
                message[at] ^= (byte)(1 << bit);
            }
        Assert.Null(_reader.Check(message, out _));
    }

    [Fact]
    public void NoTruncationOrChangedByteEverThrows()
    {
        _device.RunHead(2);
        var rng = new Rng(8);
        foreach (var whole in new[] { Message(new OffloadPlan(PlanKind.Split, 1, 2, 3), "raw"), Message(new OffloadPlan(PlanKind.Remote, 1, 0, 0), "deflate") })
            for (var trial = 0; trial < 3000; trial++)
            {
                var message = trial % 3 == 0 ? whole[..rng.NextInt(whole.Length)] : whole.ToArray();
                for (var change = rng.NextInt(4); change > 0 && message.Length > 0; change--)
                    message[rng.NextInt(trial % 2 == 0 ? Math.Min(48, message.Length) : message.Length)] = (byte)rng.NextInt(256);
                // Half of them as somebody would send them on purpose, with a checksum that fits.
                if (trial % 4 < 2 && message.Length >= RequestHeader.Size)
                    Checksum.Seal(message);
                if (_reader.Check(message, out var header) is null)
                    _reader.Unpack(message, message.Length, header, _server);
            }
    }

    [Fact]
    public void NoMessageOfTheModelIsLongerThanTheMostAllowed()
    {
        var most = RequestReader.MostBytes(_partitions.Profile);
        Assert.InRange(Message(new OffloadPlan(PlanKind.Remote, 1, 0, 0), "float32").Length, 1, most);
        Assert.InRange(Message(new OffloadPlan(PlanKind.Remote, 1, 0, 0), "deflate").Length, 1, most);
    }

    [Fact]
    public void HeadCodecAndMessageAllocateNothing()
    {
        var writer = new RequestWriter(_partitions, "raw");
        byte[] message = [];
        void All()
        {
            foreach (var bits in (ReadOnlySpan<int>)[3, 8, 16, 32])
            {
                var plan = new OffloadPlan(PlanKind.Split, 1, 1, bits);
                _device.RunHead(1);
                var length = writer.Write(plan, 1, _frame, _device, ref message);
                if (_reader.Check(message.AsSpan(0, length), out var header) is null)
                    _reader.Unpack(message, length, header, _server);
                _server.RunTail(1, 1);
            }
        }
        for (var warm = 0; warm < 60; warm++)
            All();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++)
            All();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private byte[] Message(OffloadPlan plan, string encoding)
    {
        byte[] message = [];
        var length = new RequestWriter(_partitions, encoding).Write(plan, 42, _frame, _device, ref message);
        return message[..length];
    }
}

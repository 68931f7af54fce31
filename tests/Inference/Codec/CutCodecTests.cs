using System.Runtime.InteropServices;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Partitions;
using DataType = RlOffload.Onnx.Proto.TensorProto.Types.DataType;

namespace RlOffload.Tests.Inference.Codec;

public sealed class CutCodecTests : IDisposable
{
    private static readonly TensorInfo[] Infos = [new(DataType.Float, [1, 5]), new(DataType.Int64, [2]), new(DataType.Float, [3])];

    private readonly TensorMemory[] _from = [.. Infos.Select(i => new TensorMemory(i))];
    private readonly TensorMemory[] _to = [.. Infos.Select(i => new TensorMemory(i))];

    public CutCodecTests()
    {
        ((float[])[0, 1, 2, 3, 15]).CopyTo(MemoryMarshal.Cast<byte, float>(_from[0].Bytes));
        ((long[])[7, -1]).CopyTo(MemoryMarshal.Cast<byte, long>(_from[1].Bytes));
        ((float[])[-1, 0, 14]).CopyTo(MemoryMarshal.Cast<byte, float>(_from[2].Bytes));
    }

    public void Dispose()
    {
        foreach (var tensor in _from.Concat(_to))
            tensor.Dispose();
    }

    [Fact]
    public void GridsComeFirstThenEachTensorFromAWholeByteOn()
    {
        var codec = new CutCodec(Infos, 4);
        Assert.Equal(2 * 8 + 3 + 16 + 2, codec.PayloadBytes);
        var payload = new byte[codec.PayloadBytes];
        Assert.True(codec.TryEncode(_from, payload));
        Assert.Equal([0, 0, 0, 0, 0, 0, 0x80, 0x3F, 0, 0, 0x80, 0xBF, 0, 0, 0x80, 0x3F], payload[..16]); // 0 and 1, -1 and 1
        Assert.Equal([0x10, 0x32, 0x0F, 7, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x10, 0x0F], payload[16..]);
        Assert.True(codec.TryDecode(payload, _to));
        for (var t = 0; t < Infos.Length; t++)
            Assert.Equal(_from[t].Bytes.ToArray(), _to[t].Bytes.ToArray());
    }

    [Fact]
    public void ATensorWithANanIsRefusedUnlessItIsSentAsItIs()
    {
        MemoryMarshal.Cast<byte, float>(_from[2].Bytes)[1] = float.NaN;
        Assert.False(new CutCodec(Infos, 4).TryEncode(_from, new byte[new CutCodec(Infos, 4).PayloadBytes]));
        Assert.True(new CutCodec(Infos, 32).TryEncode(_from, new byte[new CutCodec(Infos, 32).PayloadBytes]));
    }

    [Theory]
    [InlineData(float.NaN, 1f)]
    [InlineData(0f, -1f)]
    [InlineData(0f, float.NaN)]
    [InlineData(float.PositiveInfinity, 1f)]
    [InlineData(3e38f, 3e38f)]
    public void AGridThatIsNoneIsRefused(float low, float step)
    {
        var codec = new CutCodec(Infos, 4);
        var payload = new byte[codec.PayloadBytes];
        Assert.True(codec.TryEncode(_from, payload));
        BitConverter.TryWriteBytes(payload.AsSpan(8), low);
        BitConverter.TryWriteBytes(payload.AsSpan(12), step);
        Assert.False(codec.TryDecode(payload, _to));
    }
}

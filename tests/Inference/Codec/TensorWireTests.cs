using System.Runtime.InteropServices;
using RlOffload.Environment;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Profiling;
using DataType = RlOffload.Onnx.Proto.TensorProto.Types.DataType;

namespace RlOffload.Tests.Inference.Codec;

public class TensorWireTests
{
    [Theory]
    [InlineData(DataType.Float, 4, 5, true)]
    [InlineData(DataType.Float, 16, 20, true)]
    [InlineData(DataType.Float, 32, 40, false)]
    [InlineData(DataType.Float16, 8, 10, true)]
    [InlineData(DataType.Float16, 16, 20, false)]
    [InlineData(DataType.Float16, 32, 20, false)]
    [InlineData(DataType.Uint8, 4, 5, true)]
    [InlineData(DataType.Uint8, 8, 10, false)]
    [InlineData(DataType.Int8, 6, 8, true)]
    [InlineData(DataType.Int8, 32, 10, false)]
    [InlineData(DataType.Int64, 4, 80, false)]
    [InlineData(DataType.Bool, 2, 10, false)]
    public void BitsNeverMakeATensorLargerAndOnlyNumbersAreQuantised(DataType type, int bits, int bytes, bool quantised)
    {
        var wire = new TensorWire(new TensorInfo(type, [1, 10]), bits);
        Assert.Equal((bytes, quantised), (wire.PackedBytes, wire.Quantised));
    }

    [Theory]
    [InlineData(DataType.Float, 6)]
    [InlineData(DataType.Float, 32)]
    [InlineData(DataType.Float16, 4)]
    [InlineData(DataType.Float16, 16)]
    [InlineData(DataType.Uint8, 3)]
    [InlineData(DataType.Int8, 6)]
    [InlineData(DataType.Int64, 8)]
    public void TheReceiverGetsExactlyWhatTheProfilerMeasuredAccuracyWith(DataType type, int bits)
    {
        var info = new TensorInfo(type, [1, 77]);
        using var tensor = new TensorMemory(info);
        var rng = new Rng(4);
        for (var i = 0; i < 77; i++)
            switch (type)
            {
                case DataType.Float:
                    MemoryMarshal.Cast<byte, float>(tensor.Bytes)[i] = (float)rng.NextGaussian();
                    break;
                case DataType.Float16:
                    MemoryMarshal.Cast<byte, Half>(tensor.Bytes)[i] = (Half)rng.NextGaussian();
                    break;
                default:
                    tensor.Bytes[i] = (byte)rng.NextInt(256);
                    break;
            }
        using var measured = new TensorQuantiser(info, 77).Quantise(tensor.Value, bits);

        var wire = new TensorWire(info, bits);
        var packed = new byte[wire.PackedBytes];
        Assert.True(wire.TryEncode(tensor.Bytes, packed, out var grid));
        var received = new byte[wire.TensorBytes];
        wire.Decode(packed, grid, received);
        Assert.Equal(measured.GetTensorMutableRawData().ToArray(), received);
    }
}

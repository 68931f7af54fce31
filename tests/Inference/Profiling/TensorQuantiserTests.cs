using Microsoft.ML.OnnxRuntime;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Profiling;
using DataType = RlOffload.Onnx.Proto.TensorProto.Types.DataType;

namespace RlOffload.Tests.Inference.Profiling;

public class TensorQuantiserTests
{
    [Fact]
    public void EachImageOfABatchHasItsOwnRange()
    {
        using var value = OrtValue.CreateTensorValueFromMemory<float>([0, 1, 2, 3, 0, 100, 210, 300], [2, 4]);

        using var sent = new TensorQuantiser(new TensorInfo(DataType.Float, [2, 4]), 4).Quantise(value, 2);

        Assert.Equal([0, 1, 2, 3, 0, 100, 200, 300], sent.GetTensorDataAsSpan<float>().ToArray());
        Assert.Equal(210, value.GetTensorDataAsSpan<float>()[6]);
    }

    [Theory]
    [InlineData(2, new byte[] { 10, 30, 30, 70 })]
    [InlineData(8, new byte[] { 10, 25, 35, 70 })]
    [InlineData(32, new byte[] { 10, 25, 35, 70 })]
    public void BytesAreRoundedToFewerBitsOnly(int bits, byte[] expected)
    {
        using var value = OrtValue.CreateTensorValueFromMemory<byte>([10, 25, 35, 70], [4]);

        using var sent = new TensorQuantiser(new TensorInfo(DataType.Uint8, [4]), 4).Quantise(value, bits);

        Assert.Equal(expected, sent.GetTensorDataAsSpan<byte>().ToArray());
    }

    [Fact]
    public void IndicesAreSentAsTheyAre()
    {
        using var value = OrtValue.CreateTensorValueFromMemory<long>([1, 64, 7], [3]);

        using var sent = new TensorQuantiser(new TensorInfo(DataType.Int64, [3]), 3).Quantise(value, 2);

        Assert.Equal([1, 64, 7], sent.GetTensorDataAsSpan<long>().ToArray());
    }
}

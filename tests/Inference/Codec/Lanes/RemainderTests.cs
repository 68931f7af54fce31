using RlOffload.Inference.Codec;
using RlOffload.Inference.Codec.Lanes;

namespace RlOffload.Tests.Inference.Codec.Lanes;

public sealed class RemainderTests
{
    [Fact]
    public void AsManyAsAKernelMayLeaveAreDoneWithTheLastBytesUnusedBitsAt0()
    {
        foreach (var n in (int[])[1, 63, 64, 65, Remainder.Numbers - 1])
        {
            float[] x = [.. Enumerable.Range(0, n).Select(i => i % 8 - 3f)];
            var grid = new AffineGrid(-3, 1, 3);
            var kernels = Kernels.Of(SimdLevel.Scalar);
            var (packed, expected) = (new byte[TensorCodec.PackedBytes(n, 3)], new byte[TensorCodec.PackedBytes(n, 3)]);
            Remainder.Pack(kernels.Pack, x, grid, packed);
            kernels.Pack(x, grid, expected);
            Assert.Equal(expected, packed);
            var back = new float[n];
            Remainder.Unpack(kernels.Unpack, packed, grid, back);
            Assert.Equal(x, back);
        }
    }
}

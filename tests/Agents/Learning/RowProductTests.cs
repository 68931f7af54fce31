using RlOffload.Agents.Learning;

namespace RlOffload.Tests.Agents.Learning;

public sealed class RowProductTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 16)]
    [InlineData(3, 64)]
    [InlineData(24, 80)]
    [InlineData(33, 128)]
    [InlineData(128, 200)]
    [InlineData(129, 219)]
    [InlineData(200, 256)]
    public void EvenAndOddTermsAreSummedInOrderWhateverTheColumnsBeside(int depth, int columns)
    {
        Matrix a = Matrices.Noise(1, depth, 1), b = Matrices.Noise(depth, columns, 2), c = Matrix.Zeros(1, columns);
        c.Row(0).Fill(float.NaN);
        RowProduct.Of(a, b, c);
        for (var j = 0; j < columns; j++)
        {
            float even = 0, odd = 0;
            for (var k = 0; k < depth; k += 2)
                even = MathF.FusedMultiplyAdd(a.Row(0)[k], b.Row(k)[j], even);
            for (var k = 1; k < depth; k += 2)
                odd = MathF.FusedMultiplyAdd(a.Row(0)[k], b.Row(k)[j], odd);
            Assert.Equal(even + odd, c.Row(0)[j], 1e-5);
            if (System.Runtime.Intrinsics.X86.Fma.IsSupported)
                Assert.Equal(even + odd, c.Row(0)[j]);
        }
    }
}

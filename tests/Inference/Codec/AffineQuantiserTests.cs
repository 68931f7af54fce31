using RlOffload.Environment;
using RlOffload.Inference.Codec;

namespace RlOffload.Tests.Inference.Codec;

public class AffineQuantiserTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(32)]
    public void TheReceiverGetsExactlyWhatAccuracyWasMeasuredWith(int bits)
    {
        var rng = new Rng(9);
        foreach (var scale in new[] { 1f, 1e-6f, 3e4f })
            for (var n = 1; n <= 100; n++)
            {
                var x = Enumerable.Range(0, n).Select(_ => scale * (float)Math.Max(-0.5, rng.NextGaussian())).ToArray();
                var measured = new float[n];
                AffineQuantiser.Quantise(x, bits, measured);
                var packed = new byte[TensorCodec.PackedBytes(n, bits)];
                Assert.True(TensorCodec.TryEncode(x, bits, packed, out var grid));
                var received = new float[n];
                TensorCodec.Decode(packed, grid, received);
                Assert.Equal(measured, received);
            }
    }

    [Fact]
    public void ATensorThatIsNotFiniteHasNoGrid() =>
        Assert.Throws<ArithmeticException>(() => AffineQuantiser.Quantise([1, float.NaN], 8, new float[2]));

    [Fact]
    public void ItMayWriteOverItsInput()
    {
        float[] x = [0, 0.4f, 0.6f, 1];
        AffineQuantiser.Quantise(x, 1, x);
        Assert.Equal([0, 0, 1, 1], x);
    }
}

using RlOffload.Environment;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Codec.Lanes;

namespace RlOffload.Tests.Inference.Codec;

public class TensorCodecTests
{
    private static readonly int[] Widths = [1, 2, 3, 4, 5, 6, 7, 8, 16];

    public static TheoryData<int> Bits => [.. Widths];

    [Theory, MemberData(nameof(Bits))]
    public void EveryLengthGivesTheBytesAndNumbersOfAPlainBitLoop(int bits)
    {
        for (var n = 1; n <= 150; n++)
        {
            var x = Numbers(n, (ulong)(n * 100 + bits));
            var packed = new byte[TensorCodec.PackedBytes(n, bits)];
            Array.Fill(packed, (byte)0xAA);
            Assert.True(TensorCodec.TryEncode(x, bits, packed, out var grid));
            Assert.Equal(PlainEncode(x, grid), packed);
            var back = new float[n];
            TensorCodec.Decode(packed, grid, back);
            Assert.Equal(PlainDecode(packed, grid, n), back);
        }
    }

    /// <summary>Of those that this machine has.</summary>
    public static TheoryData<SimdLevel> Levels => [.. Enum.GetValues<SimdLevel>().Where(l => l <= Simd.Best)];

    [Theory, MemberData(nameof(Levels))]
    public void EveryWidthOfVectorsGivesTheSameBytesAndNumbers(SimdLevel level)
    {
        foreach (var bits in Widths)
            foreach (var n in (int[])[0, 1, 15, 16, 31, 33, 63, 64, 65, 127, 130, 255, 511, 777, 1024, 4099])
            {
                var x = Numbers(n, (ulong)(n + bits));
                if (n > 3)
                    (x[n / 3], x[n / 2]) = (-0f, 1e-42f);
                var (packed, expected) = (new byte[TensorCodec.PackedBytes(n, bits)], new byte[TensorCodec.PackedBytes(n, bits)]);
                Array.Fill(packed, (byte)0xAA);
                Assert.True(TensorCodec.TryEncode(x, bits, packed, out var grid, level));
                Assert.True(TensorCodec.TryEncode(x, bits, expected, out var same, SimdLevel.Scalar));
                Assert.Equal((BitConverter.SingleToInt32Bits(same.Low), same.Step), (BitConverter.SingleToInt32Bits(grid.Low), grid.Step));
                Assert.Equal(expected, packed);
                var (back, plain) = (new float[n], new float[n]);
                TensorCodec.Decode(packed, grid, back, level);
                TensorCodec.Decode(packed, grid, plain, SimdLevel.Scalar);
                Assert.Equal(plain, back);
            }
    }

    [Theory, MemberData(nameof(Levels))]
    public void EveryWidthOfVectorsRefusesWhatIsNotFiniteWhereverItStands(SimdLevel level)
    {
        foreach (var bad in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
            for (var at = 0; at < 150; at++)
            {
                var x = Numbers(150, 1);
                x[at] = bad;
                Assert.False(AffineGrid.TryRange(x, out _, out _, level));
            }
        // Numbers whose sum would overflow are finite all the same, unless one of them is not.
        float[] large = [.. Enumerable.Repeat(3e38f, 200)];
        Assert.True(AffineGrid.TryRange(large, out var low, out var high, level));
        Assert.Equal((3e38f, 3e38f), (low, high));
        large[77] = float.NaN;
        Assert.False(AffineGrid.TryRange(large, out _, out _, level));
        float[] both = [.. Enumerable.Range(0, 200).Select(i => i < 100 ? 1.6e38f : -1.6e38f)];
        Assert.True(AffineGrid.TryRange(both, out low, out high, level));
        Assert.Equal((-1.6e38f, 1.6e38f), (low, high));
    }

    [Theory, MemberData(nameof(Levels))]
    public void NothingIsWrittenBehindTheCodesOrBehindTheNumbers(SimdLevel level)
    {
        const int behind = 128;
        foreach (var bits in Widths)
            for (var n = 1; n <= 1200; n += n < 70 ? 1 : 37)
            {
                var x = Numbers(n, (ulong)(n + bits));
                var bytes = new byte[TensorCodec.PackedBytes(n, bits) + behind];
                Array.Fill(bytes, (byte)0xAA);
                Assert.True(TensorCodec.TryEncode(x, bits, bytes.AsSpan()[..^behind], out var grid, level));
                Assert.All(bytes[^behind..], b => Assert.Equal(0xAA, b));
                var back = new float[n + behind];
                Array.Fill(back, -77f);
                TensorCodec.Decode(bytes.AsSpan()[..^behind], grid, back.AsSpan()[..n], level);
                Assert.All(back[n..], v => Assert.Equal(-77f, v));
            }
    }

    [Theory, MemberData(nameof(Bits))]
    public void NoNumberMovesByMoreThanHalfAStep(int bits)
    {
        foreach (var (low, high) in new[] { (0f, 6f), (-1e-3f, 2e-3f), (-3e37f, 3e37f), (1e-30f, 3e-30f), (-7f, -2f) })
        {
            var x = Numbers(5000, (ulong)bits).Select(v => low + (high - low) * (0.5f + v / 8)).Select(v => Math.Clamp(v, low, high)).ToArray();
            var packed = new byte[TensorCodec.PackedBytes(x.Length, bits)];
            Assert.True(TensorCodec.TryEncode(x, bits, packed, out var grid));
            var back = new float[x.Length];
            TensorCodec.Decode(packed, grid, back);
            // float32 itself rounds x - low, code * step and the sum, each by at most 2^-24 of the larger end or of the range.
            var rounding = 4 * Math.Pow(2, -24) * Math.Max(Math.Max(Math.Abs(x.Min()), Math.Abs(x.Max())), (double)x.Max() - x.Min());
            Assert.All(x.Zip(back), p => Assert.True(Math.Abs((double)p.First - p.Second) <= grid.Step / 2.0 + rounding, $"{p.First} became {p.Second}, step {grid.Step}"));
        }
    }

    [Fact]
    public void TheLayoutIsGolden()
    {
        float[] x = [0, 1, 2, 3, 4, 5, 6, 7, 7];
        var packed = new byte[4];
        Assert.True(TensorCodec.TryEncode(x, 3, packed, out var grid));
        Assert.Equal(new AffineGrid(0, 1, 3), grid);
        // Codes 0..7 from the low bits on: 111 110 101 100 011 010 001 000, then 111.
        Assert.Equal([0b10_001_000, 0b1_100_011_0, 0b111_110_10, 0b111], packed);

        float[] y = [-1, 1, 0];
        var wide = new byte[6];
        Assert.True(TensorCodec.TryEncode(y, 16, wide, out grid));
        Assert.Equal([0x00, 0x00, 0xFF, 0xFF, 0x00, 0x80], wide); // 32767.5 rounds to the even 32768
        Assert.Equal(-1, grid.Low);
    }

    [Fact]
    public void ThirtyTwoBitsAreTheNumbersThemselvesNanIncluded()
    {
        float[] x = [1.5f, float.NaN, float.NegativeInfinity, -0f];
        var packed = new byte[16];
        Assert.True(TensorCodec.TryEncode(x, 32, packed, out var grid));
        Assert.Equal([0x00, 0x00, 0xC0, 0x3F], packed[..4]);
        var back = new float[4];
        TensorCodec.Decode(packed, grid, back);
        Assert.Equal(x.Select(BitConverter.SingleToInt32Bits), back.Select(BitConverter.SingleToInt32Bits));
    }

    [Theory, MemberData(nameof(Bits))]
    public void AConstantTensorComesBackExactly(int bits)
    {
        foreach (var value in new[] { 0f, -2.5f, 1e-40f, float.MaxValue })
        {
            var x = Enumerable.Repeat(value, 77).ToArray();
            var packed = new byte[TensorCodec.PackedBytes(77, bits)];
            Assert.True(TensorCodec.TryEncode(x, bits, packed, out var grid));
            Assert.Equal(0, grid.Step);
            Assert.All(packed, b => Assert.Equal(0, b));
            var back = new float[77];
            TensorCodec.Decode(packed, grid, back);
            Assert.Equal(x, back);
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void ATensorThatIsNotFiniteIsRefusedAndNothingIsWritten(float bad)
    {
        foreach (var n in new[] { 1, 7, 64, 100 })
            for (var at = 0; at < n; at++)
            {
                var x = Numbers(n, 1);
                x[at] = bad;
                var packed = new byte[n];
                Array.Fill(packed, (byte)0x5A);
                Assert.False(TensorCodec.TryEncode(x, 8, packed, out _));
                Assert.All(packed, b => Assert.Equal(0x5A, b));
            }
    }

    [Fact]
    public void ARangeBeyondFloatIsRefused() =>
        Assert.False(TensorCodec.TryEncode([-3e38f, 3e38f], 8, new byte[2], out _));

    [Fact]
    public void MinusZeroAndZeroGiveTheSameBytes()
    {
        var packed = new byte[40];
        Assert.True(TensorCodec.TryEncode([-0f, .. new float[38], 1f], 8, packed, out var first));
        Assert.True(TensorCodec.TryEncode([.. new float[38], -0f, 1f], 8, packed, out var second));
        Assert.Equal(BitConverter.SingleToInt32Bits(first.Low), BitConverter.SingleToInt32Bits(second.Low));
    }

    [Fact]
    public void ABufferOfAnotherLengthIsRefused()
    {
        Assert.Throws<ArgumentException>(() => TensorCodec.TryEncode(new float[9], 3, new byte[3], out _));
        Assert.Throws<ArgumentException>(() => TensorCodec.Decode(new byte[5], new AffineGrid(0, 1, 3), new float[9]));
        Assert.Throws<ArgumentOutOfRangeException>(() => TensorCodec.TryEncode(new float[8], 9, new byte[9], out _));
    }

    [Fact]
    public void NothingIsAllocated()
    {
        var x = Numbers(1000, 5);
        var back = new float[1000];
        var packed = Widths.Select(b => new byte[TensorCodec.PackedBytes(1000, b)]).ToArray();
        void All()
        {
            for (var w = 0; w < Widths.Length; w++)
            {
                TensorCodec.TryEncode(x, Widths[w], packed[w], out var grid);
                TensorCodec.Decode(packed[w], grid, back);
            }
        }
        for (var warm = 0; warm < 50; warm++)
            All();
        var before = GC.GetAllocatedBytesForCurrentThread();
        All();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>Gaussian numbers, as a feature map has them before its ReLU.</summary>
    private static float[] Numbers(int n, ulong seed)
    {
        var rng = new Rng(seed);
        return [.. Enumerable.Range(0, n).Select(_ => (float)rng.NextGaussian())];
    }

    private static byte[] PlainEncode(float[] x, AffineGrid grid)
    {
        var bytes = new byte[(x.Length * grid.Bits + 7) / 8];
        for (var i = 0; i < x.Length; i++)
        {
            var code = (int)Math.Clamp(MathF.Round((x[i] - grid.Low) * (grid.Step > 0 ? 1 / grid.Step : 0)), 0, (1 << grid.Bits) - 1);
            for (var k = 0; k < grid.Bits; k++)
                if ((code >> k & 1) == 1)
                    bytes[(i * grid.Bits + k) / 8] |= (byte)(1 << (i * grid.Bits + k) % 8);
        }
        return bytes;
    }

    private static float[] PlainDecode(byte[] packed, AffineGrid grid, int n)
    {
        var x = new float[n];
        for (var i = 0; i < n; i++)
        {
            var code = 0;
            for (var k = 0; k < grid.Bits; k++)
                code |= (packed[(i * grid.Bits + k) / 8] >> (i * grid.Bits + k) % 8 & 1) << k;
            x[i] = code * grid.Step + grid.Low;
        }
        return x;
    }
}

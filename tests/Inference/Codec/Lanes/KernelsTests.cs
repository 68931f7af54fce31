using RlOffload.Environment;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Codec.Lanes;

namespace RlOffload.Tests.Inference.Codec.Lanes;

/// <summary>Every set of kernels that this machine can run, by itself: also those of 128 bits that a machine with SSE4.1 does not choose, which are NEON's.</summary>
public sealed class KernelsTests
{
    private static readonly Kernels Portable = new(Lanes128.Range, Lanes128.Pack, Lanes128.Unpack, Lanes128.Pack16, Lanes128.Unpack16);

    public static TheoryData<string> Names => ["portable", .. Enum.GetValues<SimdLevel>().Where(l => l <= Simd.Best).Select(Simd.Name)];

    [Theory, MemberData(nameof(Names))]
    public void AKernelLeavesFewNumbersAndDoesTheOthersAsOneAfterTheOther(string name)
    {
        var (kernels, scalar) = (Named(name), Kernels.Of(SimdLevel.Scalar));
        foreach (var bits in (int[])[1, 2, 3, 4, 5, 6, 7, 8])
            foreach (var n in (int[])[1, 16, 40, 200, 511, 512, 1000, 1024, 4000])
            {
                var x = Numbers(n);
                Assert.True(AffineGrid.TryFit(x, bits, out var grid));
                var (packed, expected) = (new byte[TensorCodec.PackedBytes(n, bits)], new byte[TensorCodec.PackedBytes(n, bits)]);
                var done = kernels.Pack(x, grid, packed);
                Assert.Equal(n, scalar.Pack(x, grid, expected));
                Assert.InRange(done, n - Remainder.Numbers + 1, n);
                var whole = done / 8 * bits;
                Assert.Equal(expected[..whole], packed[..whole]);

                var (back, plain) = (new float[n], new float[n]);
                done = kernels.Unpack(expected, grid, back);
                Assert.Equal(n, scalar.Unpack(expected, grid, plain));
                Assert.InRange(done, n - Remainder.Numbers + 1, n);
                Assert.Equal(plain[..done], back[..done]);
            }
    }

    [Theory, MemberData(nameof(Names))]
    public void CodesOf16BitsAreThoseOfOneAfterTheOther(string name)
    {
        var (kernels, scalar) = (Named(name), Kernels.Of(SimdLevel.Scalar));
        var x = Numbers(4099);
        Assert.True(AffineGrid.TryFit(x, 16, out var grid));
        var (codes, expected) = (new ushort[x.Length], new ushort[x.Length]);
        var done = kernels.Pack16(x, grid, codes);
        scalar.Pack16(x, grid, expected);
        Assert.InRange(done, x.Length - 31, x.Length);
        Assert.Equal(expected[..done], codes[..done]);

        var (back, plain) = (new float[x.Length], new float[x.Length]);
        done = kernels.Unpack16(expected, grid, back);
        scalar.Unpack16(expected, grid, plain);
        Assert.InRange(done, x.Length - 31, x.Length);
        Assert.Equal(plain[..done], back[..done]);
    }

    [Theory, MemberData(nameof(Names))]
    public void TheRangeIsThatOfOneAfterTheOther(string name)
    {
        foreach (var n in (int[])[16, 31, 32, 33, 63, 64, 65, 1000, 4099])
        {
            var x = Numbers(n);
            var (low, high, sum) = (x[0], x[0], 0f);
            if (Named(name).Range(x, ref low, ref high, ref sum) == 0)
                continue; // too few for its vectors
            Assert.Equal((x.Min(), x.Max()), (low, high));
            Assert.True(float.IsFinite(sum));
        }
    }

    private static Kernels Named(string name) => name == "portable" ? Portable : Kernels.Of(Enum.GetValues<SimdLevel>().Single(l => Simd.Name(l) == name));

    private static float[] Numbers(int n)
    {
        var rng = new Rng((ulong)n);
        return [.. Enumerable.Range(0, n).Select(_ => (float)rng.NextGaussian())];
    }
}

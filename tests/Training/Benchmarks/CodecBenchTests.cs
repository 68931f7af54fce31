using RlOffload.Inference.Codec.Lanes;
using RlOffload.Training.Benchmarks;

namespace RlOffload.Tests.Training.Benchmarks;

public sealed class CodecBenchTests
{
    [Fact]
    public void EverySizeIsMeasuredBesideCopyingItAndTheRatiosAddUp()
    {
        var report = CodecBench.Run([1, 2], [4, 32], rounds: 1);
        Assert.Equal(Simd.Name(Simd.Level), report.Simd);
        Assert.Equal([(1, 4), (1, 32), (2, 4), (2, 32)], report.Sizes.Select(s => (s.Kib, s.Bits)));
        Assert.All(report.Sizes, s => Assert.Equal(s.EncodeGbS / s.MemcpyGbS, s.RatioToMemcpy, 0.02));
        Assert.Equal(report.Sizes.Min(s => s.RatioToMemcpy), report.LowestRatioToMemcpy);
        Assert.InRange(report.RatioToMemcpy, report.LowestRatioToMemcpy, report.Sizes.Max(s => s.RatioToMemcpy));
    }
}

using MathNet.Numerics.Distributions;
using RlOffload.Training.Statistics;

namespace RlOffload.Tests.Training.Statistics;

public sealed class CrossedIntervalTests
{
    private static readonly double[] Ones = [1, 1, 1, 1];

    [Fact]
    public void WhereWindowsDoNotMatterItIsStudentsIntervalOverSeeds()
    {
        double[] means = [0.4, 0.7, 0.55, 0.45, 0.6];
        var interval = CrossedInterval.Ratio([.. means.Select(m => new[] { m, m, m, m })], Ones);
        var sd = Math.Sqrt(means.Sum(m => (m - means.Average()) * (m - means.Average())) / 4);
        var half = StudentT.InvCDF(0, 1, 4, 0.975) * sd / Math.Sqrt(5);
        Assert.Equal(means.Average(), interval.Mean, 1e-12);
        Assert.Equal(means.Average() - half, interval.Low, 1e-9);
        Assert.Equal(means.Average() + half, interval.High, 1e-9);
    }

    [Fact]
    public void WhereSeedsAreAlikeItIsStudentsIntervalOverWindows()
    {
        double[] windows = [0.1, 0.5, 0.2, 0.6];
        var interval = CrossedInterval.Ratio([windows, windows, windows], Ones);
        var sd = Math.Sqrt(windows.Sum(w => (w - 0.35) * (w - 0.35)) / 3);
        Assert.Equal(0.35 + StudentT.InvCDF(0, 1, 3, 0.975) * sd / 2, interval.High, 1e-9);
    }

    [Fact]
    public void ItIsARatioOfMeansAndWithoutDoubtHasNoWidth()
    {
        double[] room = [0.1, 0.3];
        Assert.Equal(0.5, CrossedInterval.Ratio([[0.1, 0.1], [0.1, 0.1]], room).Mean, 1e-12);
        var exact = CrossedInterval.Ratio([[0.05, 0.15], [0.05, 0.15]], room);
        Assert.Equal((exact.Mean, exact.Mean), (exact.Low, exact.High));
        Assert.Throws<ArgumentException>(() => CrossedInterval.Ratio([[1.0, 2]], room));
        Assert.Throws<ArgumentException>(() => CrossedInterval.Ratio([[1.0, 2], [1]], room));
    }

    [Fact]
    public void ADifferenceOfSinglePoliciesIsThePairedTIntervalAndOfSeedsAloneWelchs()
    {
        double[] a = [0.3, 0.5, 0.2, 0.6], b = [0.1, 0.4, 0.25, 0.3];
        var paired = CrossedInterval.Difference([a], [b]);
        double[] d = [0.2, 0.1, -0.05, 0.3];
        var sd = Math.Sqrt(d.Sum(x => (x - 0.1375) * (x - 0.1375)) / 3);
        Assert.Equal(0.1375, paired.Mean, 1e-12);
        Assert.Equal(0.1375 + StudentT.InvCDF(0, 1, 3, 0.975) * sd / 2, paired.High, 1e-9);

        // Welch's degrees of freedom: (v1 + v2)^2 / (v1^2 / 2 + v2^2 / 1).
        var seeds = CrossedInterval.Difference([[1.0, 1], [2, 2], [3, 3]], [[0.0, 0], [1, 1]]);
        var (v1, v2) = (1.0 / 3, 0.5 / 2);
        Assert.Equal(1.5, seeds.Mean, 1e-12);
        Assert.Equal(1.5 + StudentT.InvCDF(0, 1, (v1 + v2) * (v1 + v2) / (v1 * v1 / 2 + v2 * v2), 0.975) * Math.Sqrt(v1 + v2), seeds.High, 1e-9);
        Assert.Throws<ArgumentException>(() => CrossedInterval.Difference([a], [[1.0, 2]]));
    }
}

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
}

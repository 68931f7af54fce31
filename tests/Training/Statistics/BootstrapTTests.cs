using MathNet.Numerics.Distributions;
using RlOffload.Environment;
using RlOffload.Training.Statistics;

namespace RlOffload.Tests.Training.Statistics;

public sealed class BootstrapTTests
{
    /// <summary>Of a sample that looks as a normal one should, the quantiles of t are nearly Student's, and so is the interval.</summary>
    [Fact]
    public void OnNormalDataItIsStudentsInterval()
    {
        const int n = 40;
        var values = Enumerable.Range(0, n).Select(i => Normal.InvCDF(3, 2, (i + 0.5) / n)).ToArray();
        var (mean, sd) = (values.Average(), Math.Sqrt(values.Sum(v => (v - values.Average()) * (v - values.Average())) / (n - 1)));
        var half = StudentT.InvCDF(0, 1, n - 1, 0.975) * sd / Math.Sqrt(n);
        var interval = BootstrapT.Mean(values, 1, 40_000);
        Assert.Equal(mean, interval.Mean, 1e-12);
        Assert.Equal(mean - half, interval.Low, 0.05 * half);
        Assert.Equal(mean + half, interval.High, 0.05 * half);
    }

    /// <summary>Efron and Tibshirani 1993, table 2.1 and section 12.5: the control group of the mouse data.</summary>
    [Fact]
    public void OnTheMouseDataItReachesFarToTheRightAsPublished()
    {
        double[] control = [52, 104, 146, 10, 51, 30, 40, 27, 46];
        var interval = BootstrapT.Mean(control, 1, 100_000);
        Assert.Equal(56.22, interval.Mean, 0.005);
        // The book's 90 % interval with 1000 draws is (35.8, 116.6): the right arm is thrice the left. A 95 % one holds it.
        Assert.InRange(interval.Low, 25, 35.8);
        Assert.InRange(interval.High, 116.6, 190);
    }

    [Fact]
    public void ARatioThatIsTheSameInEveryUnitHasNoWidth()
    {
        double[] b = [0.3, 0.1, 0.7, 0.22];
        var interval = BootstrapT.Ratio([.. b.Select(x => 0.37 * x)], b, 1, 500);
        Assert.Equal(0.37, interval.Mean, 1e-12);
        Assert.Equal((interval.Mean, interval.Mean), (interval.Low, interval.High));
        Assert.Equal(new Interval(2, 2, 2), BootstrapT.Ratio([4], [2], 1, 500));
    }

    /// <summary>Among 3 units one resample in nine is thrice the same, among 12 of which one differs one in three is without it.</summary>
    [Theory]
    [InlineData(new double[] { 1, 3 })]
    [InlineData(new double[] { 5, 9 })]
    [InlineData(new double[] { -40, 2, 17 })]
    [InlineData(new double[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5 })]
    public void WhereResamplesWithoutSpreadReachIntoTheTailsItIsStudentsInterval(double[] values)
    {
        var n = values.Length;
        var (mean, sd) = (values.Average(), Math.Sqrt(values.Sum(v => (v - values.Average()) * (v - values.Average())) / (n - 1)));
        var half = StudentT.InvCDF(0, 1, n - 1, 0.975) * sd / Math.Sqrt(n);
        var interval = BootstrapT.Mean(values, 3, 2000);
        Assert.Equal((mean, mean - half, mean + half), (interval.Mean, interval.Low, interval.High), (a, b) =>
            Math.Abs(a.Item1 - b.Item1) + Math.Abs(a.Item2 - b.Item2) + Math.Abs(a.Item3 - b.Item3) < 1e-9);
    }

    [Fact]
    public void FewUnitsGiveFiniteEndsAndTheSameSeedTheSameDigits()
    {
        var interval = BootstrapT.Ratio([0.1, 0.2, 0.05], [0.2, 0.3, 0.3], 7, 1000);
        Assert.True(double.IsFinite(interval.Low) && double.IsFinite(interval.High), $"{interval}");
        Assert.Equal(interval, BootstrapT.Ratio([0.1, 0.2, 0.05], [0.2, 0.3, 0.3], 7, 1000));
        Assert.Throws<ArgumentException>(() => BootstrapT.Ratio([], [], 1, 10));
        Assert.Throws<ArgumentException>(() => BootstrapT.Ratio([1], [1, 2], 1, 10));
    }
}

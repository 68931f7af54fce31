using RlOffload.Environment.Links;

namespace RlOffload.Tests.Environment.Links;

public sealed class RateMomentsTests
{
    [Fact]
    public void AutocorrelationIsAboutThePooledMean()
    {
        // Two constant traces differ: all variance is between them, so it never fades.
        Assert.Equal([1.0, 1.0], RateMoments.Autocorrelation([[1, 1, 1, 1], [3, 3, 3, 3]], [1, 3]));
        Assert.Equal([-1.0, 1.0], RateMoments.Autocorrelation([[1, 3, 1, 3, 1, 3]], [1, 2]));
        Assert.True(double.IsNaN(RateMoments.Autocorrelation([[1, 2]], [5])[0]));
    }

    [Fact]
    public void KnotsKeepTheShareOfOutages()
    {
        double[] rates = [.. Enumerable.Repeat(0.0, 137), .. Enumerable.Range(1, 863).Select(i => i * 1000.0)];
        var knots = RateMoments.Knots([rates]);
        Assert.Equal(0.137, knots.Probability[1], 9);
        Assert.Equal([0, 0], knots.BitsPerSecond.Take(2));
        Assert.True(knots.BitsPerSecond[2] > 0);
        Assert.Equal((0, 1), (knots.Probability[0], knots.Probability[^1]));
        Assert.Equal(863_000, knots.BitsPerSecond[^1]);
        Assert.InRange(knots.BitsPerSecond[knots.Probability.ToList().IndexOf(0.5)], 362_000, 365_000);
    }

    [Fact]
    public void StretchesAreConsecutiveWithinATrace() =>
        Assert.Equal([1.5, 3.5, 10], RateMoments.StretchMeans([[1, 2, 3, 4, 9], [10, 10, 10]], 2));

    [Fact]
    public void MeansAndQuantilesArePooled()
    {
        Assert.Equal(2.5, RateMoments.Mean([[1, 2], [3, 4]]));
        Assert.Equal(0.25, RateMoments.ZeroShare([[0, 2], [3, 4]]));
        Assert.Equal([1, 2, 3], RateMoments.Quantiles([3, 1, 2], [0, 0.5, 1]));
    }
}

using RlOffload.Training.Statistics;

namespace RlOffload.Tests.Training.Statistics;

public sealed class AggregatesTests
{
    /// <summary>The worked example of the usual text-book, twelve values of which six count; and nine, of which five count.</summary>
    [Fact]
    public void TheInterquartileMeanIsThatOfKnownSamples()
    {
        Assert.Equal(6.5, Aggregates.InterquartileMean([5, 8, 4, 38, 8, 6, 9, 7, 7, 3, 1, 6]), 1e-12);
        Assert.Equal(9, Aggregates.InterquartileMean([17, 1, 3, 5, 7, 9, 11, 13, 15]), 1e-12);
        // scipy.stats.trim_mean([1, 2, 3, 4, 5, 60, 70], 0.25): one of seven is cut on each side.
        Assert.Equal(14.8, Aggregates.InterquartileMean([1, 2, 3, 4, 5, 60, 70]), 1e-12);
        Assert.Equal(2, Aggregates.InterquartileMean([1, 3]), 1e-12);
        Assert.Equal(double.NaN, Aggregates.InterquartileMean([]));
    }

    [Fact]
    public void TheOptimalityGapForgivesNothingByWhatIsAboveOne()
    {
        Assert.Equal(0.25, Aggregates.OptimalityGap([0.5, 1, 3, 0.5]), 1e-12);
        Assert.Equal(0, Aggregates.OptimalityGap([1, 1.2]), 1e-12);
        Assert.Equal(1.5, Aggregates.OptimalityGap([-0.5]), 1e-12);
    }

    [Fact]
    public void AProfileCountsWhatLiesAbove()
    {
        Assert.Equal(0.5, Aggregates.ShareAbove([0.1, 0.2, 0.3, 0.4], 0.2));
        Assert.Equal(2.5, Aggregates.Mean([1, 4]));
    }
}

using RlOffload.Training.Statistics;

namespace RlOffload.Tests.Training.Statistics;

public sealed class QuantilesTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.25, 1.75)]
    [InlineData(0.5, 2.5)]
    [InlineData(0.9, 6.5)]
    [InlineData(1, 8)]
    public void QuantilesAreThoseOfTypeSeven(double p, double expected) =>
        Assert.Equal(expected, Quantiles.Of([1, 2, 3, 8], p), 1e-12); // R: quantile(c(1, 2, 3, 8), p)

    [Fact]
    public void AQuantileOfNothingIsNotANumberAndOfOneThatOne()
    {
        Assert.Equal(double.NaN, Quantiles.Of([], 0.5));
        Assert.Equal(4, Quantiles.Of([4], 0.99));
        Assert.Equal(double.PositiveInfinity, Quantiles.Of([1, double.PositiveInfinity, double.PositiveInfinity], 0.75));
    }
}

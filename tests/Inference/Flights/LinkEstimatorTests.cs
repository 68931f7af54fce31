using RlOffload.Environment;
using RlOffload.Inference.Flights;

namespace RlOffload.Tests.Inference.Flights;

public class LinkEstimatorTests
{
    [Fact]
    public void BeforeAnythingWasSentNothingIsKnown()
    {
        var link = new LinkEstimator().At(3);
        Assert.True(double.IsNaN(link.Rate) && double.IsNaN(link.Rtt) && double.IsPositiveInfinity(link.Age));
        Assert.Equal((0, 0), (link.Transfers, link.Answers));
    }

    [Fact]
    public void ASteadyRateIsFoundAndItsSpreadShrinksAndThenGrowsWithTheAge()
    {
        var (estimator, rng) = (new LinkEstimator(), new Rng(1));
        estimator.Transferred(0.5, 62500, 0.5);
        var first = estimator.At(0.5).RateSpread;
        for (var i = 1; i <= 40; i++)
            estimator.Transferred(0.5 + i, 62500, 0.5 * Math.Exp(0.1 * rng.NextGaussian()));
        var link = estimator.At(40.5);
        Assert.Equal(1e6, link.Rate, 1e5);
        Assert.True(link.RateSpread < first, $"{link.RateSpread} {first}");
        Assert.Equal((0, 41), (link.Age, link.Transfers));
        Assert.True(estimator.At(70).RateSpread > 1.2 * link.RateSpread);
    }

    [Fact]
    public void ARateThatFellIsFollowedWithinAFewTransfers()
    {
        var estimator = new LinkEstimator();
        for (var i = 0; i < 20; i++)
            estimator.Transferred(i, 1e5, 0.1);
        for (var i = 20; i < 24; i++)
            estimator.Transferred(i, 1e5, 1.0);
        Assert.InRange(estimator.At(24).Rate, 0.8e6, 1.6e6);
    }

    [Fact]
    public void ATransferShorterThanTheClocksGrainSaysLittle()
    {
        var estimator = new LinkEstimator();
        for (var i = 0; i < 20; i++)
            estimator.Transferred(i, 1e5, 0.1);
        estimator.Transferred(20, 1000, 1e-6);
        Assert.InRange(estimator.At(20).Rate, 5e6, 9e6);
        estimator.Transferred(21, 0, 1);
        estimator.Transferred(21, double.NaN, 1);
        Assert.Equal(21, estimator.At(21).Transfers);
    }

    [Fact]
    public void TheRoundTripIsTcps()
    {
        var estimator = new LinkEstimator();
        estimator.Answered(0.1);
        Assert.Equal((0.1, 0.05), (estimator.At(0).Rtt, estimator.At(0).RttSpread));
        estimator.Answered(0.2);
        Assert.Equal(0.1125, estimator.At(0).Rtt, 1e-12);
        Assert.Equal(0.0625, estimator.At(0).RttSpread, 1e-12);
        estimator.Answered(-1);
        estimator.Answered(double.NaN);
        Assert.Equal(2, estimator.At(0).Answers);
    }
}

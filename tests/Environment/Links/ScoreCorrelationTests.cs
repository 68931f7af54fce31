using MathNet.Numerics.Distributions;
using RlOffload.Environment.Links;

namespace RlOffload.Tests.Environment.Links;

public sealed class ScoreCorrelationTests
{
    [Fact]
    public void ANormalRateCorrelatesLikeItsScores()
    {
        var normal = new ScoreCorrelation(p => 10 + 2 * Normal.InvCDF(0, 1, Math.Clamp(p, 1e-16, 1 - 1e-16)));
        foreach (var rho in new[] { 0.1, 0.5, 0.9 })
            Assert.Equal(rho, normal.OfRates(rho), 4);
    }

    [Fact]
    public void ALognormalRateCorrelatesByTheKnownFormula()
    {
        // corr(exp(s z1), exp(s z2)) = (exp(s^2 rho) - 1) / (exp(s^2) - 1)
        const double s = 0.8;
        var lognormal = new ScoreCorrelation(p => Math.Exp(s * Normal.InvCDF(0, 1, Math.Clamp(p, 1e-16, 1 - 1e-16))));
        foreach (var rho in new[] { 0.1, 0.5, 0.9 })
            Assert.Equal((Math.Exp(s * s * rho) - 1) / (Math.Exp(s * s) - 1), lognormal.OfRates(rho), 3);
    }

    [Fact]
    public void ALinkThatIsUpOrDownCorrelatesByTheArcsine()
    {
        // Half up, half down: corr = 2/pi asin(rho) (Sheppard 1899).
        var coin = new ScoreCorrelation(p => p < 0.5 ? 0 : 1);
        foreach (var rho in new[] { 0.2, 0.5, 0.8 })
            Assert.Equal(2 / Math.PI * Math.Asin(rho), coin.OfRates(rho), 2);
    }

    [Fact]
    public void ScoresAreFoundBackFromRates()
    {
        var model = LinkModel.From(LinkModelTests.Example);
        var scores = new ScoreCorrelation(model.Quantile);
        foreach (var rho in new[] { 0.05, 0.4, 0.8, 0.95 })
            Assert.Equal(rho, scores.OfScores(scores.OfRates(rho)), 6);
        Assert.Equal(0, scores.OfScores(-0.3), 9);
        Assert.Equal(1, scores.OfRates(1), 6);
    }
}

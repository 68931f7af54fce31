using RlOffload.Environment.Links;

namespace RlOffload.Tests.Environment.Links;

public sealed class ScoreProcessFitTests
{
    private static readonly double[] Lags = [.. Enumerable.Range(0, 30).Select(i => 0.5 * Math.Round(Math.Pow(120, i / 29.0))).Distinct()];

    [Fact]
    public void SharesAndTimeConstantsOfAKnownProcessAreFound()
    {
        var truth = new ScoreProcess(0.2, [new(0.3, 1.28), new(0.4, 13.4)], 0.1);
        var scores = new ScoreCorrelation(LinkModel.From(LinkModelTests.Example).Quantile);
        var fitted = ScoreProcessFit.Fit(Lags, [.. Lags.Select(l => scores.OfRates(Correlation(truth, l)))], scores, 0.5, level: true);
        Assert.InRange(fitted.LevelShare, 0.15, 0.25);
        Assert.InRange(fitted.NoiseShare, 0.05, 0.15);
        Assert.All(Lags, l => Assert.InRange(Correlation(fitted, l), Correlation(truth, l) - 0.01, Correlation(truth, l) + 0.01));
        Assert.Equal(1, fitted.LevelShare + fitted.NoiseShare + fitted.Components.Sum(c => c.Share), 9);
    }

    [Fact]
    public void OneTraceHasNoLevel() => Assert.Equal(0, Fit(0.6, level: false).LevelShare);

    [Fact]
    public void AConstantCorrelationIsALevelAndNoneIsNoise()
    {
        Assert.InRange(Fit(0.6, level: true).LevelShare, 0.5, 0.75);
        var noise = Fit(-0.01, level: true);
        Assert.Equal(1, noise.NoiseShare);
        Assert.Empty(noise.Components);
    }

    private static ScoreProcess Fit(double correlation, bool level) =>
        ScoreProcessFit.Fit(Lags, [.. Lags.Select(_ => correlation)], new ScoreCorrelation(LinkModel.From(LinkModelTests.Example).Quantile), 0.5, level);

    private static double Correlation(ScoreProcess p, double lag) => p.LevelShare + p.Components.Sum(c => c.Share * Math.Exp(-lag / c.Seconds));
}

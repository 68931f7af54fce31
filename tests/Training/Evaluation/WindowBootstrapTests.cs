using RlOffload.Environment;
using RlOffload.Training.Evaluation;

namespace RlOffload.Tests.Training.Evaluation;

public sealed class WindowBootstrapTests
{
    private static readonly double[] Anchor = [0.1, 0.5, 0.3, 0.2], Oracle = [0.4, 0.6, 0.9, 0.2];

    [Fact]
    public void TheAnchorIsZeroTheOracleOneAndHalfWayAHalf()
    {
        Assert.Equal(new Interval(0, 0, 0), WindowBootstrap.Score(Anchor, Anchor, Oracle, 1));
        Assert.Equal(new Interval(1, 1, 1), WindowBootstrap.Score(Oracle, Anchor, Oracle, 1));
        var half = WindowBootstrap.Score([.. Anchor.Zip(Oracle, (a, o) => (a + o) / 2)], Anchor, Oracle, 1)!;
        Assert.Equal(0.5, half.Mean, 1e-12);
        Assert.Equal(0.5, half.Low, 1e-12);
        Assert.Equal(0.5, half.High, 1e-12);
    }

    [Fact]
    public void ARatioOfMeansIsNotAMeanOfRatios()
    {
        // 0.1 + 0.1 won of 0.3 + 0.1 there was.
        Assert.Equal(0.2 / 0.4, WindowBootstrap.Score([0.1, 0.1], [0, 0], [0.3, 0.1], 1)!.Mean, 1e-12);
    }

    [Fact]
    public void WithoutRoomThereIsNoScore()
    {
        Assert.Null(WindowBootstrap.Score([0.5, 0.5], [0.1, 0.1], [0.1099, 0.1099], 1));
        Assert.NotNull(WindowBootstrap.Score([0.5, 0.5], [0.1, 0.1], [0.1101, 0.1101], 1));
        Assert.Null(WindowBootstrap.Score([0.5], [0.2], [0.1], 1));
        Assert.Throws<ArgumentException>(() => WindowBootstrap.Score([], [], [], 1));
        Assert.Throws<ArgumentException>(() => WindowBootstrap.Score([1, 2], [1], [1, 2], 1));
    }

    [Fact]
    public void TheSameSeedGivesTheSameDigits()
    {
        double[] policy = [0.2, 0.5, 0.7, 0.1];
        var score = WindowBootstrap.Score(policy, Anchor, Oracle, 5, 500);
        Assert.Equal(score, WindowBootstrap.Score(policy, Anchor, Oracle, 5, 500));
        Assert.NotEqual(score, WindowBootstrap.Score(policy, Anchor, Oracle, 6, 500));
        Assert.True(score!.Low < score.Mean && score.Mean < score.High);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.25, 1.75)]
    [InlineData(0.5, 2.5)]
    [InlineData(0.9, 6.5)]
    [InlineData(1, 8)]
    public void QuantilesAreThoseOfTypeSeven(double p, double expected) =>
        Assert.Equal(expected, WindowBootstrap.Quantile([1, 2, 3, 8], p), 1e-12); // R: quantile(c(1, 2, 3, 8), p)

    [Fact]
    public void AQuantileOfNothingIsNotANumberAndOfOneThatOne()
    {
        Assert.Equal(double.NaN, WindowBootstrap.Quantile([], 0.5));
        Assert.Equal(4, WindowBootstrap.Quantile([4], 0.99));
    }

    [Fact]
    public void ANinetyFivePercentIntervalHoldsTheTruthAboutThatOften()
    {
        var rng = new Rng(11);
        var (scores, differences) = (0, 0);
        const int trials = 300, windows = 40;
        for (var trial = 0; trial < trials; trial++)
        {
            double[] policy = new double[windows], anchor = new double[windows], oracle = new double[windows];
            for (var w = 0; w < windows; w++)
            {
                // The window's level is common to all three; the policy wins 0.5 of the room on average.
                var (level, room) = (rng.NextDouble(), 0.2 + 0.2 * rng.NextDouble());
                (anchor[w], oracle[w]) = (level, level + room);
                policy[w] = level + 0.5 * room + 0.2 * (rng.NextDouble() - 0.5);
            }
            var score = WindowBootstrap.Score(policy, anchor, oracle, (ulong)trial, 300)!;
            scores += score.Low <= 0.5 && 0.5 <= score.High ? 1 : 0;
            var difference = WindowBootstrap.Difference(policy, anchor, (ulong)trial, 300);
            differences += difference.Low <= 0.15 && 0.15 <= difference.High ? 1 : 0;
        }
        Assert.InRange((double)scores / trials, 0.88, 0.99);
        Assert.InRange((double)differences / trials, 0.88, 0.99);
    }
}

using RlOffload.Training.Statistics;

namespace RlOffload.Tests.Training.Statistics;

public sealed class ScoreIntervalTests
{
    private static readonly double[] Anchor = [0.1, 0.5, 0.3, 0.2], Oracle = [0.4, 0.6, 0.9, 0.2];

    [Fact]
    public void TheAnchorIsZeroTheOracleOneAndHalfWayAHalf()
    {
        Assert.Equal(new Interval(0, 0, 0), ScoreInterval.Of(Anchor, Anchor, Oracle, 1));
        Assert.Equal(new Interval(1, 1, 1), ScoreInterval.Of(Oracle, Anchor, Oracle, 1));
        var half = ScoreInterval.Of([.. Anchor.Zip(Oracle, (a, o) => (a + o) / 2)], Anchor, Oracle, 1)!;
        Assert.Equal(0.5, half.Mean, 1e-12);
        Assert.Equal(0.5, half.Low, 1e-12);
        Assert.Equal(0.5, half.High, 1e-12);
    }

    [Fact]
    public void ARatioOfMeansIsNotAMeanOfRatios()
    {
        // 0.1 + 0.1 won of 0.3 + 0.1 there was.
        Assert.Equal(0.2 / 0.4, ScoreInterval.Of([0.1, 0.1], [0, 0], [0.3, 0.1], 1)!.Mean, 1e-12);
    }

    [Fact]
    public void WithoutRoomThereIsNoScore()
    {
        Assert.Null(ScoreInterval.Of([0.5, 0.5], [0.1, 0.1], [0.1099, 0.1099], 1));
        Assert.NotNull(ScoreInterval.Of([0.5, 0.5], [0.1, 0.1], [0.1101, 0.1101], 1));
        Assert.Null(ScoreInterval.Of([0.5], [0.2], [0.1], 1));
        Assert.Null(ScoreInterval.OfSeeds([[0.5, 0.5], [0.4, 0.5]], [0.1, 0.1], [0.105, 0.105], 1));
        Assert.Throws<ArgumentException>(() => ScoreInterval.Of([], [], [], 1));
        Assert.Throws<ArgumentException>(() => ScoreInterval.Of([1, 2], [1], [1, 2], 1));
        Assert.Throws<ArgumentException>(() => ScoreInterval.OfSeeds([[1, 2], [1]], [1, 2], [3, 4], 1));
    }

    [Fact]
    public void TheSameSeedGivesTheSameDigits()
    {
        double[] policy = [0.2, 0.5, 0.7, 0.1];
        var score = ScoreInterval.Of(policy, Anchor, Oracle, 5, 500);
        Assert.Equal(score, ScoreInterval.Of(policy, Anchor, Oracle, 5, 500));
        Assert.NotEqual(score, ScoreInterval.Of(policy, Anchor, Oracle, 6, 500));
        Assert.True(score!.Low < score.Mean && score.Mean < score.High);
    }

    [Fact]
    public void SeveralSeedsScoreTheirMeanAndOneSeedScoresAsThePolicyThatItIs()
    {
        double[] one = [0.2, 0.5, 0.7, 0.1], other = [0.3, 0.6, 0.3, 0.2];
        Assert.Equal(ScoreInterval.Of(one, Anchor, Oracle, 5, 500), ScoreInterval.OfSeeds([one], Anchor, Oracle, 5, 500));
        var both = ScoreInterval.OfSeeds([one, other], Anchor, Oracle, 5)!;
        Assert.Equal((ScoreInterval.Of(one, Anchor, Oracle, 5, 500)!.Mean + ScoreInterval.Of(other, Anchor, Oracle, 5, 500)!.Mean) / 2, both.Mean, 1e-12);
    }

    [Fact]
    public void APairedDifferenceIsNarrowerThanTheWindowsAreWide()
    {
        double[] a = [0.1, 0.9, 0.5, 0.3], b = [0.05, 0.86, 0.44, 0.25];
        var difference = ScoreInterval.Difference(a, b, 1, 2000);
        Assert.Equal(0.05, difference.Mean, 1e-12);
        Assert.True(difference.Low > 0 && difference.High < 0.2, $"{difference}");
    }
}

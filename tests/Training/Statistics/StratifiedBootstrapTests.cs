using MathNet.Numerics.Distributions;
using RlOffload.Environment;
using RlOffload.Training.Statistics;

namespace RlOffload.Tests.Training.Statistics;

public sealed class StratifiedBootstrapTests
{
    private const int Windows = 12;

    [Fact]
    public void ScoresAreRatiosOfMeansOfEveryScenarioAndSeedAndThoseWithoutRoomAreLeftOut()
    {
        ScenarioRuns[] runs =
        [
            new("a", [[0.2, 0.4], [0.4, 0.6]], [0, 0.2], [1, 0.6]),
            new("flat", [[0.1, 0.1]], [0.1, 0.1], [0.1, 0.1]),
            new("b", [[0.3, 0.5]], [0.3, 0.3], [0.5, 0.5]),
        ];
        var bootstrap = new StratifiedBootstrap(runs, 1, 200);
        Assert.Equal([0.4 / 1.4, 0.8 / 1.4, 0.5], bootstrap.Scores.Select(s => Math.Round(s, 12)).Zip([0.4 / 1.4, 0.8 / 1.4, 0.5], (s, e) => Math.Abs(s - e) < 1e-11 ? e : s));
        Assert.Throws<ArgumentException>(() => new StratifiedBootstrap([runs[1]], 1, 200));
    }

    [Fact]
    public void TheTailIsHesterbergsForOneStratumAndTheUsualOneForMany()
    {
        // One stratum of five seeds: Phi(-sqrt(5/4) t_4,0.975).
        Assert.Equal(Normal.CDF(0, 1, -Math.Sqrt(1.25) * 2.7764451), StratifiedBootstrap.Tail([Runs("a", 5, 0)]), 1e-8);
        Assert.Equal(0.025, StratifiedBootstrap.Tail([.. Enumerable.Range(0, 500).Select(i => Runs($"{i}", 200, 0, windows: 2))]), 0.0005);
    }

    [Fact]
    public void TheSameRewardsGiveTheSameDigitsWhateverElseIsCompared()
    {
        var (a, b) = (Runs("a", 3, 0), Runs("b", 3, 1));
        var both = new StratifiedBootstrap([a, b], 3, 300).Of([Aggregates.InterquartileMean, Aggregates.OptimalityGap]);
        Assert.Equal(both[0], new StratifiedBootstrap([a, b], 3, 300).Of(Aggregates.InterquartileMean));
        Assert.NotEqual(both[0], new StratifiedBootstrap([a, b], 4, 300).Of(Aggregates.InterquartileMean));
        Assert.All(both, i => Assert.True(i.Low < i.Mean && i.Mean < i.High, $"{i}"));
    }

    [Fact]
    public void AProfileFallsFromOneToZero()
    {
        var profile = PerformanceProfile.Of(new StratifiedBootstrap([Runs("a", 4, 0), Runs("b", 4, 1)], 1, 200), [-10, 0.45, 0.5, 0.55, 10]);
        Assert.Equal((1, 0), (profile.Shares[0].Mean, profile.Shares[^1].Mean));
        Assert.True(profile.Shares.Zip(profile.Shares.Skip(1)).All(p => p.First.Mean >= p.Second.Mean && p.First.Low >= p.Second.Low && p.First.High >= p.Second.High));
    }

    [Fact]
    public void TheProbabilityOfImprovementIsAHalfAgainstOneselfAndOneAgainstTheWorse()
    {
        var better = Runs("a", 3, 0);
        ScenarioRuns worse = better with { Rewards = [.. better.Rewards.Select(r => (IReadOnlyList<double>)[.. r.Select(x => x - 5)])] };
        Assert.Equal(1, StratifiedBootstrap.Improvement([better], [worse], 1, 100).Mean);
        Assert.Equal(new Interval(0, 0, 0), StratifiedBootstrap.Improvement([worse], [better], 1, 100));
        var one = Runs("a", 1, 0);
        Assert.Equal(new Interval(0.5, 0.5, 0.5), StratifiedBootstrap.Improvement([one], [one], 1, 100));
        var itself = StratifiedBootstrap.Improvement([better], [better], 1, 500);
        Assert.Equal(0.5, itself.Mean, 1e-12);
        Assert.Throws<ArgumentException>(() => StratifiedBootstrap.Improvement([better], [Runs("other", 2, 0)], 1, 100));
    }

    /// <summary>Mann and Whitney's U over the number of pairs, where windows do not matter.</summary>
    [Fact]
    public void WithoutWindowsItIsMannAndWhitneysU()
    {
        ScenarioRuns x = new("a", [[3.0], [5], [8]], [0], [10]), y = new("a", [[1.0], [5], [6], [9]], [0], [10]);
        // Pairs won: 3 beats 1; 5 beats 1 and ties 5; 8 beats 1, 5, 6.
        Assert.Equal((1 + 1.5 + 3) / 12, StratifiedBootstrap.Improvement([x], [y], 1, 50).Mean, 1e-12);
    }

    private static ScenarioRuns Runs(string name, int seeds, int stream, int windows = Windows)
    {
        var rng = new Rng((ulong)stream);
        var room = Enumerable.Range(0, windows).Select(_ => 0.2 + 0.2 * rng.NextDouble()).ToArray();
        return new ScenarioRuns(name, [.. Enumerable.Range(0, seeds).Select(_ => (IReadOnlyList<double>)[.. room.Select(r => 0.5 * r + 0.05 * rng.NextGaussian())])],
            new double[windows], room);
    }
}

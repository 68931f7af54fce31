using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;

namespace RlOffload.Tests.Agents.Planners;

/// <summary>On the shipped network's confidences of 5,000 images and on made-up ones, drawn with replacement; no environment.</summary>
public sealed class SplitBanditTests
{
    private const int Rounds = 20_000;

    private static readonly double[][] Shipped = [.. ProfileFile.Read(Repository.At("models/fashion_frames.profile.json")).Outcomes!.Confidence.Select(c => c.Select(x => (double)x).ToArray())];

    [Fact]
    public void RewardsAreThoseOfThePapers()
    {
        var splitEe = SplitRewards.SplitEe(5, sideObservations: false);
        Assert.Equal(0.9 - 0.2, splitEe.Of(1, 0.9, 0.95), 1e-12);
        Assert.Equal(0.95 - 0.5 - 0.2, splitEe.Of(1, 0.7, 0.95), 1e-12);
        Assert.Equal(0.7 - 0.5, splitEe.Of(4, 0.7, double.NaN), 1e-12);
        var image = SplitRewards.ISplitEe([3 / 19.0, 6 / 19.0, 1]);
        Assert.Equal(0.6 - 0.3, image.Of(0, 0.6, 0.95), 1e-12);
        Assert.Equal(0.95 - 0.5 - 0.6, image.Of(1, 0.4, 0.95), 1e-12);
        Assert.Equal(0.95 - 1.9, image.Of(2, 0.95, double.NaN), 1e-12);
    }

    [Fact]
    public void AnArmIsCountedOnceARoundAndSideObservationsTellOfThoseBefore()
    {
        var plain = new SplitBandit(SplitRewards.SplitEe(3, sideObservations: false));
        plain.Learn(1, [0.5, 0.9, 0], 0.9);
        Assert.Equal([1, 0, 1, 0, 0, 0.9 - 0.2, 0], plain.Save());
        var sees = new SplitBandit(SplitRewards.SplitEe(3, sideObservations: true));
        sees.Learn(1, [0.5, 0.9, 0], 0.9);   // sure at exit 1: its confidence stands for the last exit's in what exit 0 would have earned
        Assert.Equal([1, 1, 1, 0, 0.3, 0.7, 0], sees.Save().Select(x => Math.Round(x, 12)));
        sees.Learn(1, [0.85, 0.6, 0], 0.7);
        Assert.Equal([2, 2, 2, 0, 0.3 + 0.75, 0.7, 0], sees.Save().Select(x => Math.Round(x, 12)));
    }

    /// <summary>Which network's confidences: null is the shipped one, a number seeds a made-up one.</summary>
    public static TheoryData<ulong?> Networks => [null, 1, 2, 3, 4, 5, 6];

    [Theory, MemberData(nameof(Networks))]
    public void RegretIsSubLinear(ulong? network)
    {
        foreach (var side in new[] { false, true })
        {
            var regret = MeanRegret(Confidences(network), side, drift: null);
            Assert.True(regret[7] < regret[0] / 3, $"side observations {side}: {string.Join(' ', regret)}");
            Assert.True(regret[7] < 0.015, $"side observations {side}: {string.Join(' ', regret)}");
        }
    }

    [Theory, MemberData(nameof(Networks))]
    public void SideObservationsDoNotMakeItWorse(ulong? network) =>
        Assert.True(MeanRegret(Confidences(network), true, null).Sum() <= MeanRegret(Confidences(network), false, null).Sum());

    [Fact]
    public void ItRecoversFromADriftOfTheInputAtHalfTime()
    {
        // Distorted images leave the first two exits unsure: another arm becomes the best.
        double[] drift = [0.6, 0.75, 1, 1, 1];
        Assert.NotEqual(Best(Mean(Shipped, null)), Best(Mean(Shipped, drift)));
        foreach (var side in new[] { false, true })
        {
            var regret = MeanRegret(Shipped, side, drift);
            Assert.True(regret[4] > 2 * regret[3], $"the drift did not hurt: {string.Join(' ', regret)}");
            Assert.True(regret[7] < 0.4 * regret[4], $"side observations {side}: {string.Join(' ', regret)}");
        }
    }

    [Fact]
    public void ALostRoundCostsAllThatWasSpent()
    {
        var bandit = new SplitBandit(SplitRewards.SplitEe(3, false));
        bandit.Lost(0);
        bandit.Lost(2);
        Assert.Equal([2, 1, 0, 1, -0.6, 0, -0.3], bandit.Save().Select(x => Math.Round(x, 12)));
    }

    /// <summary>By exit and image: an exit's confidences lie about a level of its own, and images differ in how easy they are.</summary>
    private static double[][] Confidences(ulong? network)
    {
        if (network is not { } seed)
            return Shipped;
        var rng = new Rng(seed);
        double[] easy = [.. Enumerable.Range(0, 2000).Select(_ => rng.NextDouble())];
        var made = new double[3 + rng.NextInt(4)][];
        for (var e = 0; e < made.Length; e++)
        {
            var level = 0.3 + 0.6 * (e + rng.NextDouble()) / made.Length;
            made[e] = [.. easy.Select(x => Math.Clamp(level + 0.5 * (x - 0.5) + 0.2 * (rng.NextDouble() - 0.5), 0.1, 1))];
        }
        return made;
    }

    /// <summary>Regret a round against the arm that is best on all images, in each eighth of the rounds; mean over five seeds.</summary>
    private static double[] MeanRegret(double[][] confidence, bool side, double[]? drift)
    {
        var (regret, arms) = (new double[8], confidence.Length);
        double[] means = Mean(confidence, null), drifted = Mean(confidence, drift);
        bool[] all = [.. Enumerable.Repeat(true, arms)];
        for (var seed = 0ul; seed < 5; seed++)
        {
            var rng = new Rng(seed);
            var bandit = new SplitBandit(SplitRewards.SplitEe(arms, side));
            var confidences = new double[arms];
            for (var t = 0; t < Rounds; t++)
            {
                var image = rng.NextInt(confidence[0].Length);
                var distorted = t >= Rounds / 2 ? drift : null;
                for (var e = 0; e < arms; e++)
                    confidences[e] = confidence[e][image] * (distorted?[e] ?? 1);
                var arm = bandit.Choose(all);
                bandit.Learn(arm, confidences, confidences[^1]);
                var now = distorted is null ? means : drifted;
                regret[t * 8 / Rounds] += (now.Max() - now[arm]) / (Rounds / 8 * 5);
            }
        }
        return regret;
    }

    /// <summary>Expected reward of each arm.</summary>
    private static double[] Mean(double[][] confidence, double[]? drift)
    {
        var rewards = SplitRewards.SplitEe(confidence.Length, false);
        return [.. confidence.Select((own, arm) => Enumerable.Range(0, own.Length)
            .Average(i => rewards.Of(arm, own[i] * (drift?[arm] ?? 1), confidence[^1][i] * (drift?[^1] ?? 1))))];
    }

    private static int Best(double[] means) => Array.IndexOf(means, means.Max());
}

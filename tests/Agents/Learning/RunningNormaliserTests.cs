using MathNet.Numerics.Statistics;
using RlOffload.Agents.Learning;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Learning;

public sealed class RunningNormaliserTests
{
    [Fact]
    public void MomentsAreThoseOfWhatWasSeen()
    {
        var normaliser = new RunningNormaliser(19, 10);
        var rng = new Rng(1);
        var seen = Enumerable.Range(0, 500)
            .Select(_ => Enumerable.Range(0, 19).Select(j => (float)(1e6 * j + (j + 1) * rng.NextGaussian())).ToArray()).ToArray();
        foreach (var observation in seen)
            normaliser.Observe(observation);
        for (var j = 0; j < 19; j++)
        {
            var column = seen.Select(observation => (double)observation[j]).ToArray();
            Assert.Equal(column.Mean(), normaliser.Mean[j], 1e-7 * Math.Max(1, Math.Abs(column.Mean())));
            Assert.Equal(column.PopulationStandardDeviation(), normaliser.Std[j], 1e-5 * (j + 1));
        }
    }

    [Fact]
    public void ValuesAreCentredScaledAndClipped()
    {
        var normaliser = new RunningNormaliser(9, 2);
        normaliser.Observe([0, 0, 0, 0, 0, 0, 0, 0, 0]);
        normaliser.Observe([2, 2, 2, 2, 2, 2, 2, 2, 2]);
        var normalised = new float[9];
        normaliser.Normalise([0, 1, 1.5f, 9, -9, 1, 1, 1, 3], normalised);
        Assert.Equal([-1, 0, 0.5f, 2, -2, 0, 0, 0, 2], normalised);
    }

    [Fact]
    public void AFeatureThatNeverMovedIsOnlyCentred()
    {
        var normaliser = new RunningNormaliser(1, 10);
        for (var i = 0; i < 1000; i++)
            normaliser.Observe([0.1f]);
        var normalised = new float[1];
        normaliser.Normalise([0.6f], normalised);
        Assert.Equal(0.5f, normalised[0], 1e-6f);
    }

    [Fact]
    public void FrozenItLearnsNothing()
    {
        var normaliser = new RunningNormaliser(1, 10) { Frozen = true };
        normaliser.Observe([5]);
        Assert.Equal(0, normaliser.Count);
        Assert.Equal(0, normaliser.Mean[0]);
    }
}

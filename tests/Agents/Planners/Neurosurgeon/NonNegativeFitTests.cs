using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Planners;

public sealed class NonNegativeFitTests
{
    [Fact]
    public void ExactCoefficientsAreFoundAgain()
    {
        var rng = new Rng(3);
        double[] truth = [0.5, 2e-6, 0, 3e-7];
        double[][] features = [.. Enumerable.Range(0, 12).Select(_ => (double[])[1, 1e6 * rng.NextDouble(), 1e6 * rng.NextDouble(), 1e7 * rng.NextDouble()])];
        var found = NonNegativeFit.Solve(features, [.. features.Select(f => f.Zip(truth, (x, b) => x * b).Sum())]);
        for (var c = 0; c < truth.Length; c++)
            Assert.Equal(truth[c], found[c], 1e-9 * Math.Max(truth[c], 1e-6));
    }

    [Fact]
    public void ACoefficientThatWouldBeNegativeIsZeroAndTheOthersAreFittedWithoutIt()
    {
        var found = NonNegativeFit.Solve([[1, 1], [1, 2], [1, 3]], [3, 2, 1]);
        Assert.Equal(0, found[1]);
        Assert.Equal(2, found[0], 9);
    }

    [Fact]
    public void OneSampleIsEnough() => Assert.Equal(6, NonNegativeFit.Solve([[1, 10.0]], [6]).Zip([1, 10.0], (b, x) => b * x).Sum(), 9);
}

using RlOffload.Agents.Engine;
using RlOffload.Agents.Learning;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Engine;

public sealed class GaussianNoiseTests
{
    [Fact]
    public void NumbersAreStandardNormalAndUncorrelated()
    {
        var matrix = Matrix.Zeros(1000, 208);
        GaussianNoise.Fill(matrix, Rng.Keyed(1, 2, 3, RngPurpose.Noise));
        double[] x = [.. Enumerable.Range(0, 1000).SelectMany(r => matrix.Row(r).ToArray()).Select(v => (double)v)];
        var deviation = 1 / Math.Sqrt(x.Length);
        Assert.Equal(0, x.Average(), 4 * deviation);
        Assert.Equal(1, x.Average(v => v * v), 6 * deviation);
        Assert.Equal(3, x.Average(v => v * v * v * v), 40 * deviation);
        // Of neighbours, of the two halves of a pair, and of rows.
        foreach (var lag in new[] { 1, 16, 208, 1024 })
            Assert.Equal(0, Enumerable.Range(0, x.Length - lag).Average(i => x[i] * x[i + lag]), 5 * deviation);
        Assert.Equal(0.0455, x.Count(v => Math.Abs(v) > 2) * deviation * deviation, 0.003);
    }

    [Fact]
    public void TheSameKeyGivesTheSameNumbersAndAnotherDoesNot()
    {
        Matrix a = Matrix.Zeros(3, 20), b = Matrix.Zeros(3, 20), c = Matrix.Zeros(3, 20);
        GaussianNoise.Fill(a, Rng.Keyed(1, 2, 3, RngPurpose.Noise));
        GaussianNoise.Fill(b, Rng.Keyed(1, 2, 3, RngPurpose.Noise));
        GaussianNoise.Fill(c, Rng.Keyed(1, 2, 4, RngPurpose.Noise));
        Assert.Equal(a.Span.ToArray(), b.Span.ToArray());
        Assert.DoesNotContain(a.Row(1)[1], c.Row(1).ToArray());
    }
}

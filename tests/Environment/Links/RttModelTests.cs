using RlOffload.Environment;
using RlOffload.Environment.Links;

namespace RlOffload.Tests.Environment.Links;

public sealed class RttModelTests
{
    [Fact]
    public void AFittedModelDrawsTheQuantilesOfItsDistribution()
    {
        var model = RttModel.ShiftedLognormal(30, 2, 0.5);
        var draws = Draws(model, 50_000);
        Assert.All(draws, d => Assert.True(d > 0.030));
        Assert.Equal(model.Quantile(0.5) / 1000, draws[25_000], 3);
        Assert.Equal(model.Quantile(0.95) / 1000, draws[47_500], 3);
        Assert.Equal((30 + Math.Exp(2)) / 1000, model.MedianSeconds, 9);
    }

    [Fact]
    public void FittingFindsTheDistributionThatWasDrawnFrom()
    {
        var drawn = Draws(RttModel.ShiftedLognormal(30, 2, 0.5), 50_000).Select(s => s * 1000).ToArray();
        var fitted = RttModel.Fit(drawn);
        Assert.InRange(fitted.ShiftMs, 29, 31);
        Assert.InRange(fitted.Mu, 1.85, 2.15);
        Assert.InRange(fitted.Sigma, 0.45, 0.55);
    }

    [Fact]
    public void FittingKeepsTheMedianWhateverTheTimesAre()
    {
        double[] wholeMs = [.. Enumerable.Repeat(40.0, 40), .. Enumerable.Repeat(41.0, 40), .. Enumerable.Repeat(52.0, 20)];
        Assert.Equal(41, RttModel.Fit(wholeMs).Quantile(0.5), 6);
        Assert.InRange(RttModel.Fit(wholeMs).Quantile(0.95), 44, 60);
        Assert.Equal(40, RttModel.Fit([10, 40, 40, 40, 42]).Quantile(0.5), 6);
        Assert.Equal(25, RttModel.Fit([25, 25, 25]).Quantile(0.99), 3);
        Assert.Equal(0, RttModel.Fit([0, 0, 0]).Quantile(0.5), 2);
    }

    [Fact]
    public void AFewWakeUpsOfARadioDoNotBendTheFit()
    {
        var connected = Enumerable.Range(0, 960).Select(i => RttModel.ShiftedLognormal(35, 2, 0.4).Quantile((i + 0.5) / 960));
        var fitted = RttModel.Fit([.. connected, .. Enumerable.Repeat(300.0, 40)]);
        Assert.InRange(fitted.Quantile(0.9), 45, 52);
        Assert.True(fitted.Quantile(0.99) < 80);
    }

    [Fact]
    public void MeasuredTimesAreDrawnAsTheyAre()
    {
        var model = RttModel.FromSamples([5, 7, 9]);
        Assert.True(model.Measured);
        var draws = Draws(model, 3000);
        Assert.Equal([0.005, 0.007, 0.009], draws.Distinct());
        Assert.InRange(draws.Count(d => d == 0.007), 850, 1150);
        Assert.Equal(0.020, Draws(RttModel.Constant(20), 1)[0]);
    }

    [Fact]
    public void DrawingAllocatesNothing()
    {
        var model = RttModel.ShiftedLognormal(30, 2, 0.5);
        var rng = Rng.Keyed(1, 2, 3, RngPurpose.Rtt);
        var sum = model.Draw(ref rng);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            sum += model.Draw(ref rng);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.True(sum > 0);
    }

    [Fact]
    public void WhatCannotBeATimeIsRefused()
    {
        Assert.Throws<ArgumentException>(() => RttModel.FromSamples([]));
        Assert.Throws<ArgumentException>(() => RttModel.FromSamples([1, -1]));
        Assert.Throws<ArgumentException>(() => RttModel.FromSamples([double.NaN, 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => RttModel.ShiftedLognormal(-1, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => RttModel.ShiftedLognormal(1, double.NaN, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => RttModel.ShiftedLognormal(1, 0, -1));
    }

    /// <summary>Sorted, in s.</summary>
    private static double[] Draws(RttModel model, int n)
    {
        var draws = new double[n];
        for (var i = 0; i < n; i++)
        {
            var rng = Rng.Keyed(4, 0, (ulong)i, RngPurpose.Rtt);
            draws[i] = model.Draw(ref rng);
        }
        Array.Sort(draws);
        return draws;
    }
}

using MathNet.Numerics.Distributions;
using RlOffload.Environment;

namespace RlOffload.Training.Statistics;

/// <summary>
/// Bootstrap-t interval (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 12): the resampled estimates are studentised,
/// so that a small sample's too small spread and its skewness are made good. For a ratio of means, of which a mean is the case of
/// denominators 1, the standard error is that of the linearised residuals: se = sd(a - theta b) / (sqrt(n) mean(b)). A resample without any
/// spread has no t; where units are so few, or so many of them alike, that such resamples reach into the tails, the interval is Student's.
/// </summary>
public static class BootstrapT
{
    private const double Level = 0.95;

    /// <summary>Interval of mean(a) / mean(b) over the same units. Seeded: the same numbers give the same digits.</summary>
    /// <param name="numerators">a, one a unit.</param>
    /// <param name="denominators">b, one a unit; their mean is above 0.</param>
    public static Interval Ratio(ReadOnlySpan<double> numerators, ReadOnlySpan<double> denominators, ulong seed, int draws)
    {
        var n = numerators.Length;
        if (n == 0 || n != denominators.Length)
            throw new ArgumentException("numerators and denominators need the same units, at least one");
        var rng = Rng.Keyed(seed, 0, 0, RngPurpose.Bootstrap);
        var units = new int[n];
        for (var i = 0; i < n; i++)
            units[i] = i;
        var (theta, se) = Estimate(numerators, denominators, units);
        // Where all residuals are nothing but rounding there is no doubt about the ratio.
        if (n == 1 || se <= Rounding(theta))
            return new Interval(theta, theta, theta);
        var t = new double[draws];
        var spreadless = 0;
        for (var d = 0; d < draws; d++)
        {
            for (var i = 0; i < n; i++)
                units[i] = rng.NextInt(n);
            var (resampled, error) = Estimate(numerators, denominators, units);
            var hasSpread = error > Rounding(resampled);
            spreadless += hasSpread ? 0 : 1;
            t[d] = hasSpread ? (resampled - theta) / error : resampled.CompareTo(theta) * double.MaxValue;
        }
        const double tail = (1 - Level) / 2;
        if (spreadless >= tail * (draws - 1))
        {
            var half = StudentT.InvCDF(0, 1, n - 1, 1 - tail) * se;
            return new Interval(theta, theta - half, theta + half);
        }
        Array.Sort(t);
        return new Interval(theta, theta - Quantiles.Of(t, 1 - tail) * se, theta - Quantiles.Of(t, tail) * se);
    }

    /// <summary>Interval of the mean.</summary>
    public static Interval Mean(ReadOnlySpan<double> values, ulong seed, int draws)
    {
        var ones = new double[values.Length];
        Array.Fill(ones, 1);
        return Ratio(values, ones, seed, draws);
    }

    private static double Rounding(double theta) => 1e-12 * (1 + Math.Abs(theta));

    private static (double Theta, double StandardError) Estimate(ReadOnlySpan<double> a, ReadOnlySpan<double> b, ReadOnlySpan<int> units)
    {
        double sumA = 0, sumB = 0;
        foreach (var i in units)
            (sumA, sumB) = (sumA + a[i], sumB + b[i]);
        var theta = sumA / sumB;
        var squares = 0.0;
        foreach (var i in units)
        {
            var e = a[i] - theta * b[i];
            squares += e * e;
        }
        double n = units.Length;
        // A resample whose denominators vanish says nothing; with an error of 0 it counts as an extreme.
        return sumB > 0 ? (theta, Math.Sqrt(squares / (n - 1) * n) / sumB) : (sumA, 0);
    }
}

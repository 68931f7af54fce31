using RlOffload.Environment;

namespace RlOffload.Training.Statistics;

/// <summary>
/// Bootstrap-t interval (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 12): the resampled estimates are studentised,
/// so that a small sample's too small spread and its skewness are made good. For a ratio of means, of which a mean is the case of
/// denominators 1, the standard error is that of the linearised residuals: se = sd(a - theta b) / (sqrt(n) mean(b)).
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
        if (n == 1 || se <= 1e-12 * (1 + Math.Abs(theta)))
            return new Interval(theta, theta, theta);
        var t = new double[draws];
        for (var d = 0; d < draws; d++)
        {
            for (var i = 0; i < n; i++)
                units[i] = rng.NextInt(n);
            var (resampled, error) = Estimate(numerators, denominators, units);
            t[d] = error > 0 ? (resampled - theta) / error : resampled.CompareTo(theta) * double.MaxValue;
        }
        Array.Sort(t);
        const double tail = (1 - Level) / 2;
        return new Interval(theta, theta - Quantiles.Of(t, 1 - tail) * se, theta - Quantiles.Of(t, tail) * se);
    }

    /// <summary>Interval of the mean.</summary>
    public static Interval Mean(ReadOnlySpan<double> values, ulong seed, int draws)
    {
        var ones = new double[values.Length];
        Array.Fill(ones, 1);
        return Ratio(values, ones, seed, draws);
    }

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

using MathNet.Numerics.Distributions;
using RlOffload.Environment;

namespace RlOffload.Training.Statistics;

/// <summary>
/// Bias-corrected and accelerated bootstrap interval (Efron 1987; Efron and Tibshirani 1993, chapter 14), with the acceleration from the
/// jackknife. Corrects bias and skewness, not the too small spread of a small sample.
/// </summary>
public static class Bca
{
    /// <param name="units">Units that are resampled.</param>
    /// <param name="statistic">Of the units with these numbers, repeats included.</param>
    /// <param name="level">Of the interval, such as 0.95.</param>
    public static Interval Of(int units, Func<ReadOnlySpan<int>, double> statistic, ulong seed, int draws, double level = 0.95)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 2);
        var chosen = new int[units];
        for (var i = 0; i < units; i++)
            chosen[i] = i;
        var theta = statistic(chosen);
        var acceleration = Acceleration(units, statistic);
        var rng = Rng.Keyed(seed, 0, 0, RngPurpose.Bootstrap);
        var values = new double[draws];
        var below = 0.0;
        for (var d = 0; d < draws; d++)
        {
            for (var i = 0; i < units; i++)
                chosen[i] = rng.NextInt(units);
            values[d] = statistic(chosen);
            below += values[d] < theta ? 1 : values[d] == theta ? 0.5 : 0;
        }
        Array.Sort(values);
        // z0 is infinite where all resamples lie on one side; one resample's share is as much as they can tell.
        var bias = Normal.InvCDF(0, 1, Math.Clamp(below / draws, 0.5 / draws, 1 - 0.5 / draws));
        return new Interval(theta, At((1 - level) / 2), At((1 + level) / 2));

        double At(double share)
        {
            var z = bias + Normal.InvCDF(0, 1, share);
            return Quantiles.Of(values, Normal.CDF(0, 1, bias + z / (1 - acceleration * z)));
        }
    }

    /// <summary>a = sum (mean - theta_i)^3 / (6 (sum (mean - theta_i)^2)^1.5) over the leave-one-out estimates theta_i.</summary>
    internal static double Acceleration(int units, Func<ReadOnlySpan<int>, double> statistic)
    {
        var left = new double[units];
        var rest = new int[units - 1];
        for (var i = 0; i < units; i++)
        {
            for (var j = 0; j < rest.Length; j++)
                rest[j] = j < i ? j : j + 1;
            left[i] = statistic(rest);
        }
        var mean = left.Average();
        double squares = 0, cubes = 0;
        foreach (var value in left)
        {
            var d = mean - value;
            (squares, cubes) = (squares + d * d, cubes + d * d * d);
        }
        return squares > 0 ? cubes / (6 * Math.Pow(squares, 1.5)) : 0;
    }
}

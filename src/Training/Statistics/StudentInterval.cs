using MathNet.Numerics.Distributions;

namespace RlOffload.Training.Statistics;

/// <summary>Mean with Student's 95 % interval, for a handful of independent values such as one a seed.</summary>
public static class StudentInterval
{
    /// <param name="values">At least one; of a single one the interval has no width, because nothing is known of the spread.</param>
    public static Interval Of(IReadOnlyList<double> values)
    {
        var (n, mean) = (values.Count, values.Average());
        if (n == 1)
            return new Interval(mean, mean, mean);
        var error = Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (n - 1) / n);
        var half = StudentT.InvCDF(0, 1, n - 1, 0.975) * error;
        return new Interval(mean, mean - half, mean + half);
    }
}

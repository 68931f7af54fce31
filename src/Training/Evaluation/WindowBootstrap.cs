using RlOffload.Environment;

namespace RlOffload.Training.Evaluation;

/// <summary>A mean with its 95 % percentile bootstrap interval; null where the scale has no room.</summary>
public sealed record Interval(double Mean, double Low, double High);

/// <summary>
/// Score = (mean reward - static's) / (oracle's - static's), a ratio of means over the same windows. The interval resamples windows
/// jointly for the three, because the window explains most of the variance. Seeded: the same rewards give the same digits.
/// </summary>
public static class WindowBootstrap
{
    /// <summary>Room below which a score would divide by noise, reward a request.</summary>
    public const double LeastRoom = 0.01;

    public static Interval? Score(ReadOnlySpan<double> policy, ReadOnlySpan<double> anchor, ReadOnlySpan<double> oracle, ulong seed, int draws = 10_000)
    {
        var n = policy.Length;
        if (n == 0 || n != anchor.Length || n != oracle.Length)
            throw new ArgumentException("policy, anchor and oracle need the same windows, at least one");
        double p = 0, s = 0, o = 0;
        for (var i = 0; i < n; i++)
            (p, s, o) = (p + policy[i], s + anchor[i], o + oracle[i]);
        if ((o - s) / n < LeastRoom)
            return null;
        var rng = Rng.Keyed(seed, 0, 0, RngPurpose.Bootstrap);
        var scores = new double[draws];
        for (var d = 0; d < draws; d++)
        {
            double rp = 0, rs = 0, ro = 0;
            for (var i = 0; i < n; i++)
            {
                var w = rng.NextInt(n);
                (rp, rs, ro) = (rp + policy[w], rs + anchor[w], ro + oracle[w]);
            }
            // A resample without room says nothing of the score; it counts as the point estimate.
            scores[d] = ro - rs > 1e-9 ? (rp - rs) / (ro - rs) : (p - s) / (o - s);
        }
        Array.Sort(scores);
        return new Interval((p - s) / (o - s), Quantile(scores, 0.025), Quantile(scores, 0.975));
    }

    /// <summary>Mean of paired differences a - b over windows, with its interval.</summary>
    public static Interval Difference(ReadOnlySpan<double> a, ReadOnlySpan<double> b, ulong seed, int draws = 10_000)
    {
        var n = a.Length;
        var rng = Rng.Keyed(seed, 1, 0, RngPurpose.Bootstrap);
        var means = new double[draws];
        var mean = 0.0;
        for (var i = 0; i < n; i++)
            mean += (a[i] - b[i]) / n;
        for (var d = 0; d < draws; d++)
        {
            var sum = 0.0;
            for (var i = 0; i < n; i++)
            {
                var w = rng.NextInt(n);
                sum += a[w] - b[w];
            }
            means[d] = sum / n;
        }
        Array.Sort(means);
        return new Interval(mean, Quantile(means, 0.025), Quantile(means, 0.975));
    }

    /// <summary>Quantile of sorted values, linear between order statistics (Hyndman and Fan type 7).</summary>
    public static double Quantile(ReadOnlySpan<double> sorted, double p)
    {
        if (sorted.IsEmpty)
            return double.NaN;
        var at = p * (sorted.Length - 1);
        var low = (int)Math.Floor(at);
        var high = Math.Min(low + 1, sorted.Length - 1);
        return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
    }
}

using MathNet.Numerics.Statistics;

namespace RlOffload.Environment.Links;

/// <summary>
/// Round-trip times of a link, drawn independently of each other: either measured ones, each equally likely, or a shifted lognormal
/// rtt = shift + exp(mu + sigma z), z standard normal. Immutable; drawing allocates nothing.
/// Draw with Rng.Keyed(seed, window, request, RngPurpose.Rtt), so that a request has the same luck whatever was planned before it.
/// </summary>
public sealed class RttModel
{
    private readonly double[]? _samplesMs;

    private RttModel(double[]? samplesMs, double shiftMs, double mu, double sigma)
    {
        _samplesMs = samplesMs;
        ShiftMs = shiftMs;
        Mu = mu;
        Sigma = sigma;
    }

    /// <summary>Least round-trip time in ms; of a measured one 0.</summary>
    public double ShiftMs { get; }

    /// <summary>Mean of ln((rtt - shift) / 1 ms).</summary>
    public double Mu { get; }

    /// <summary>Standard deviation of ln((rtt - shift) / 1 ms).</summary>
    public double Sigma { get; }

    /// <summary>True where measured times are drawn, false where the shifted lognormal is.</summary>
    public bool Measured => _samplesMs is not null;

    /// <summary>The median in s.</summary>
    public double MedianSeconds => Quantile(0.5) / 1000;

    /// <summary>Every time is <paramref name="milliseconds"/>.</summary>
    public static RttModel Constant(double milliseconds) => FromSamples([milliseconds]);

    /// <exception cref="ArgumentOutOfRangeException">A parameter is not finite, or shift or sigma is negative.</exception>
    public static RttModel ShiftedLognormal(double shiftMs, double mu, double sigma)
    {
        if (!(shiftMs >= 0) || !double.IsFinite(shiftMs))
            throw new ArgumentOutOfRangeException(nameof(shiftMs), shiftMs, "allowed is a finite number of 0 or more");
        if (!double.IsFinite(mu) || mu > 20)
            throw new ArgumentOutOfRangeException(nameof(mu), mu, "allowed is a finite number of 20 or less");
        if (!(sigma >= 0) || !(sigma <= 5))
            throw new ArgumentOutOfRangeException(nameof(sigma), sigma, "allowed is 0 to 5");
        return new(null, shiftMs, mu, sigma);
    }

    /// <summary>Draws from measured times in ms.</summary>
    /// <exception cref="ArgumentException">There is none, or one is negative or not finite.</exception>
    public static RttModel FromSamples(ReadOnlySpan<double> milliseconds)
    {
        if (milliseconds.IsEmpty)
            throw new ArgumentException("at least one round-trip time is needed", nameof(milliseconds));
        var sorted = milliseconds.ToArray();
        Array.Sort(sorted);
        if (!(sorted[0] >= 0) || !double.IsFinite(sorted[^1]))
            throw new ArgumentException("a round-trip time is finite and 0 or more", nameof(milliseconds));
        return new(sorted, 0, 0, 0);
    }

    /// <summary>
    /// The shifted lognormal whose 5, 50 and 95 % quantiles are those of <paramref name="milliseconds"/> (the quantile lower-bound estimator of
    /// three-parameter lognormals: Stedinger 1980, doi 10.1029/WR016i003p00481). Where the times are not skewed to the right the shift is 0
    /// and only median and upper quantile are met.
    /// </summary>
    public static RttModel Fit(ReadOnlySpan<double> milliseconds)
    {
        var sorted = milliseconds.ToArray();
        Array.Sort(sorted);
        double low = SortedArrayStatistics.Quantile(sorted, 0.05), mid = SortedArrayStatistics.Quantile(sorted, 0.5), high = SortedArrayStatistics.Quantile(sorted, 0.95);
        const double z95 = 1.6448536269514722;
        var skew = low + high - 2 * mid;
        // Times in whole ms may put median and low quantile on the same value; the shift then stays a little under it.
        var shift = skew > 0 ? Math.Clamp((low * high - mid * mid) / skew, 0, Math.Max(0, Math.Min(low, mid - 0.05))) : 0;
        if (!(mid > shift))
            return ShiftedLognormal(Math.Max(0, mid), -20, 0);
        return ShiftedLognormal(shift, Math.Log(mid - shift), Math.Clamp(Math.Log((high - shift) / (mid - shift)) / z95, 0, 5));
    }

    /// <summary>A round-trip time in s, never negative.</summary>
    public double Draw(ref Rng rng) =>
        (_samplesMs is { } s ? s[rng.NextInt(s.Length)] : ShiftMs + Math.Exp(Mu + Sigma * rng.NextGaussian())) / 1000;

    /// <summary>The time in ms that is not exceeded with probability <paramref name="p"/>.</summary>
    public double Quantile(double p) => _samplesMs is { } s
        ? SortedArrayStatistics.Quantile(s, p)
        : ShiftMs + Math.Exp(Mu + Sigma * MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, p));
}

using MathNet.Numerics.Statistics;

namespace RlOffload.Environment.Links;

/// <summary>
/// Round-trip times of a link, drawn independently of each other: either measured ones, each equally likely, or a shifted lognormal
/// rtt = shift + exp(mu + sigma z), z standard normal. Immutable; drawing allocates nothing.
/// Draw with Rng.Keyed(seed, window, request, RngPurpose.Rtt), so that a request has the same luck whatever was planned before it.
/// </summary>
public sealed class RttModel
{
    private const int FitSteps = 40;
    private const double LargestFittedSigma = 2.5;

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
    /// The shifted lognormal with the median of <paramref name="milliseconds"/> whose quantiles are closest to theirs: least mean absolute difference over
    /// 1, 2, ... 99 % (the Wasserstein-1 distance), which a few retransmissions or wake-ups of a radio do not bend. Shift and sigma by a grid that
    /// is refined around its best point.
    /// </summary>
    public static RttModel Fit(ReadOnlySpan<double> milliseconds)
    {
        var sorted = FromSamples(milliseconds)._samplesMs!;
        var data = new double[99];
        var scores = new double[99];
        for (var i = 0; i < data.Length; i++)
        {
            data[i] = SortedArrayStatistics.Quantile(sorted, (i + 1) / 100.0);
            scores[i] = MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, (i + 1) / 100.0);
        }
        // Times in whole ms may repeat the median down to the least one; the shift then stays a little under it.
        var median = Math.Max(data[49], 0.001);
        var most = Math.Max(0, Math.Min(data[0], median - Math.Min(0.05, median / 2)));
        var best = (Error: double.PositiveInfinity, Shift: 0.0, Sigma: 0.0);
        double shiftWidth = most, sigmaWidth = LargestFittedSigma;
        var centre = (Shift: most / 2, Sigma: sigmaWidth / 2);
        for (var round = 0; round < 5; round++)
        {
            for (var i = 0; i <= FitSteps; i++)
                for (var j = 0; j <= FitSteps; j++)
                {
                    var shift = Math.Clamp(centre.Shift + shiftWidth * (i / (double)FitSteps - 0.5), 0, most);
                    var sigma = Math.Clamp(centre.Sigma + sigmaWidth * (j / (double)FitSteps - 0.5), 0, LargestFittedSigma);
                    var error = 0.0;
                    for (var k = 0; k < data.Length; k++)
                        error += Math.Abs(shift + (median - shift) * Math.Exp(sigma * scores[k]) - data[k]);
                    if (error < best.Error)
                        best = (error, shift, sigma);
                }
            centre = (best.Shift, best.Sigma);
            shiftWidth /= 5;
            sigmaWidth /= 5;
        }
        return ShiftedLognormal(best.Shift, Math.Log(median - best.Shift), best.Sigma);
    }

    /// <summary>A round-trip time in s, never negative.</summary>
    public double Draw(ref Rng rng) =>
        (_samplesMs is { } s ? s[rng.NextInt(s.Length)] : ShiftMs + Math.Exp(Mu + Sigma * rng.NextGaussian())) / 1000;

    /// <summary>The time in ms that is not exceeded with probability <paramref name="p"/>.</summary>
    public double Quantile(double p) => _samplesMs is { } s
        ? SortedArrayStatistics.Quantile(s, p)
        : ShiftMs + Math.Exp(Mu + Sigma * MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, p));
}

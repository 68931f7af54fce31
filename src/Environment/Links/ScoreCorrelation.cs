using MathNet.Numerics.Distributions;

namespace RlOffload.Environment.Links;

/// <summary>
/// How the correlation of normal scores shows up as correlation of rates: with rate = Q(Phi(z)) expanded in normalised Hermite polynomials,
/// rate = sum_k a_k h_k(z), two rates whose scores have correlation rho have covariance sum_k a_k^2 rho^k (Mehler's formula; used for this
/// purpose by Cario and Nelson 1996). It rises with rho, so it can be inverted: rates with outages and heavy tails are fitted without ranking ties.
/// </summary>
internal sealed class ScoreCorrelation
{
    private const int Terms = 60;
    private const double Reach = 8.5;
    private const int Nodes = 6800;

    private readonly double[] _power = new double[Terms + 1];

    /// <param name="quantile">Rate that is not exceeded with the given probability.</param>
    public ScoreCorrelation(Func<double, double> quantile)
    {
        var a = new double[Terms + 1];
        double mean = 0, square = 0;
        const double step = 2 * Reach / Nodes;
        for (var n = 0; n <= Nodes; n++)
        {
            var z = -Reach + n * step;
            var weight = Normal.PDF(0, 1, z) * step;
            var rate = quantile(Normal.CDF(0, 1, z));
            mean += weight * rate;
            square += weight * rate * rate;
            // h_0 = 1, h_1 = z, sqrt(k+1) h_{k+1} = z h_k - sqrt(k) h_{k-1}
            double before = 0, now = 1;
            for (var k = 0; k <= Terms; k++)
            {
                a[k] += weight * rate * now;
                (before, now) = (now, (z * now - Math.Sqrt(k) * before) / Math.Sqrt(k + 1));
            }
        }
        var variance = square - mean * mean;
        for (var k = 1; k <= Terms; k++)
            _power[k] = a[k] * a[k] / variance;
        // The terms left out count as the last one: they matter for rho close to 1 only, where they are 1 anyway.
        _power[Terms] += Math.Max(0, 1 - _power.Sum());
    }

    /// <summary>Correlation of the rates where that of the scores is <paramref name="rho"/> in 0 .. 1.</summary>
    public double OfRates(double rho)
    {
        var sum = 0.0;
        for (var k = Terms; k >= 1; k--)
            sum = (sum + _power[k]) * rho;
        return sum;
    }

    /// <summary>Correlation of the scores, 0 .. 1, where that of the rates is <paramref name="correlation"/>; 0 for a negative one.</summary>
    public double OfScores(double correlation)
    {
        double low = 0, high = 1;
        for (var i = 0; i < 50; i++)
        {
            var mid = (low + high) / 2;
            if (OfRates(mid) < correlation)
                low = mid;
            else
                high = mid;
        }
        return high;
    }
}

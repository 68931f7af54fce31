using MathNet.Numerics.Statistics;

namespace RlOffload.Environment.Links;

/// <summary>Statistics of binned rates of several traces, pooled.</summary>
internal static class RateMoments
{
    /// <summary>Probabilities at which a quantile function is kept: dense in the tails, which decide misses and idle capacity.</summary>
    private static readonly double[] KnotProbabilities =
    [
        0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925,
        0.95, 0.97, 0.98, 0.99, 0.995, 0.998, 1,
    ];

    public static double Mean(IReadOnlyList<double[]> traces) => traces.Sum(t => t.Sum()) / traces.Sum(t => t.Length);

    public static double ZeroShare(IReadOnlyList<double[]> traces) => traces.Sum(t => t.Count(r => r == 0)) / (double)traces.Sum(t => t.Length);

    public static double[] Quantiles(IEnumerable<double> rates, IReadOnlyList<double> probabilities)
    {
        var sorted = rates.ToArray();
        Array.Sort(sorted);
        return [.. probabilities.Select(p => SortedArrayStatistics.Quantile(sorted, p))];
    }

    /// <summary>Knots of the quantile function; where there are outages their probability is a knot of its own, so that their share is kept.</summary>
    public static RateQuantiles Knots(IReadOnlyList<double[]> traces)
    {
        var sorted = traces.SelectMany(t => t).ToArray();
        Array.Sort(sorted);
        var zero = ZeroShare(traces);
        List<double> probabilities = [.. KnotProbabilities];
        if (zero is > 0 and < 1)
        {
            probabilities.RemoveAll(p => p > 0 && p < zero + 0.002 && p < 1);
            probabilities.Insert(1, zero);
        }
        var rates = probabilities.Select(p => p <= zero && zero > 0 ? 0 : Math.Round(SortedArrayStatistics.Quantile(sorted, p)));
        return new(probabilities, [.. rates]);
    }

    /// <summary>Autocorrelation about the pooled mean: differences between traces count as correlation that never fades.</summary>
    /// <returns>One value a lag; NaN where no trace is longer than the lag.</returns>
    public static double[] Autocorrelation(IReadOnlyList<double[]> traces, IReadOnlyList<int> lags)
    {
        var mean = Mean(traces);
        var variance = traces.Sum(t => t.Sum(r => (r - mean) * (r - mean))) / traces.Sum(t => t.Length);
        return [.. lags.Select(lag =>
        {
            double sum = 0;
            long pairs = 0;
            foreach (var t in traces)
                for (var i = lag; i < t.Length; i++, pairs++)
                    sum += (t[i] - mean) * (t[i - lag] - mean);
            return sum / pairs / variance;
        })];
    }

    /// <summary>Mean rates of consecutive stretches of <paramref name="bins"/> bins; what is left at a trace's end is left out.</summary>
    public static double[] StretchMeans(IReadOnlyList<double[]> traces, int bins) =>
        [.. traces.SelectMany(t => Enumerable.Range(0, t.Length / bins).Select(i => t.AsSpan(i * bins, bins).ToArray().Average()))];
}

using MathNet.Numerics.Distributions;

namespace RlOffload.Training.Statistics;

/// <summary>
/// Interval of a ratio of means over seeds and windows where every seed played every window. Both are random: another training run would
/// have been another policy, another day other windows. The residuals a - theta b are split into seeds, windows and the rest (two-way
/// random effects without replication); V = (MS_seed + MS_window - MS_rest) / (K n), Student's t with Satterthwaite's (1946) degrees of freedom.
/// With 5 or 10 seeds a bootstrap over seeds is far too narrow, because it divides by K instead of K - 1 and knows no t.
/// </summary>
public static class CrossedInterval
{
    /// <param name="numerators">[seed][window], two or more of each.</param>
    /// <param name="denominators">[window]; their mean is above 0.</param>
    public static Interval Ratio(IReadOnlyList<double[]> numerators, ReadOnlySpan<double> denominators)
    {
        int seeds = numerators.Count, windows = denominators.Length;
        if (seeds < 2 || windows < 2 || numerators.Any(row => row.Length != windows))
            throw new ArgumentException("two or more seeds over the same two or more windows are needed");
        var scale = 0.0;
        foreach (var b in denominators)
            scale += b / windows;
        var theta = numerators.Average(row => row.Average()) / scale;
        var (bySeed, byWindow) = (new double[seeds], new double[windows]);
        for (var k = 0; k < seeds; k++)
            for (var w = 0; w < windows; w++)
            {
                var e = (numerators[k][w] - theta * denominators[w]) / scale;
                bySeed[k] += e / windows;
                byWindow[w] += e / seeds;
            }
        var rest = 0.0;
        for (var k = 0; k < seeds; k++)
            for (var w = 0; w < windows; w++)
                rest += Square((numerators[k][w] - theta * denominators[w]) / scale - bySeed[k] - byWindow[w]);
        double df1 = seeds - 1, df2 = windows - 1;
        var seedSquare = windows * bySeed.Sum(Square) / df1;
        var windowSquare = seeds * byWindow.Sum(Square) / df2;
        rest /= df1 * df2;
        // The difference estimates a variance that is at least either part's.
        var together = Math.Max(seedSquare + windowSquare - rest, Math.Max(seedSquare, windowSquare));
        if (together <= 1e-24 * (1 + theta * theta))
            return new Interval(theta, theta, theta);
        var freedom = together * together / (Square(seedSquare) / df1 + Square(windowSquare) / df2 + Square(rest) / (df1 * df2));
        var half = StudentT.InvCDF(0, 1, Math.Max(1, freedom), 0.975) * Math.Sqrt(together / (seeds * windows));
        return new Interval(theta, theta - half, theta + half);
    }

    /// <summary>
    /// Mean of a - b over windows that both played, where either may have several seeds of its own: V = s2(seeds of a) / K_a + s2(seeds of b) / K_b
    /// + s2(windows' differences) / n, Satterthwaite's degrees of freedom. What is left over in seeds and windows alike counts twice: a little wide.
    /// </summary>
    /// <param name="a">[seed][window]; <paramref name="b"/> likewise, over the same two or more windows.</param>
    public static Interval Difference(IReadOnlyList<IReadOnlyList<double>> a, IReadOnlyList<IReadOnlyList<double>> b)
    {
        var windows = a[0].Count;
        if (windows < 2 || a.Concat(b).Any(row => row.Count != windows))
            throw new ArgumentException("all seeds of both need the same two or more windows");
        var differences = ScoreInterval.Average(a).Zip(ScoreInterval.Average(b), (x, y) => x - y).ToArray();
        var parts = new[] { a.Select(row => row.Average()).ToArray(), [.. b.Select(row => row.Average())], differences }
            .Where(p => p.Length > 1).Select(p => (V: Variance(p) / p.Length, Df: p.Length - 1.0)).ToArray();
        var (mean, together) = (differences.Average(), parts.Sum(p => p.V));
        if (together <= 1e-30)
            return new Interval(mean, mean, mean);
        var freedom = together * together / parts.Sum(p => p.V * p.V / p.Df);
        var half = StudentT.InvCDF(0, 1, Math.Max(1, freedom), 0.975) * Math.Sqrt(together);
        return new Interval(mean, mean - half, mean + half);
    }

    private static double Variance(double[] values) => values.Average() is var mean ? values.Sum(v => Square(v - mean)) / (values.Length - 1) : 0;

    private static double Square(double x) => x * x;
}

using MathNet.Numerics.LinearAlgebra;

namespace RlOffload.Environment.Links;

/// <summary>
/// Finds the level, the two autoregressive components and the noise whose autocorrelation comes closest (least squares over the given lags)
/// to that of the data: the time constants by a grid, the shares for each pair of them exactly.
/// </summary>
internal static class ScoreProcessFit
{
    private const int GridSteps = 28;
    private const double LongestSeconds = 300;

    /// <param name="lags">In bins, rising, from 1.</param>
    /// <param name="target">Autocorrelation of the rates at the lags.</param>
    /// <param name="scores">Between rates and scores.</param>
    /// <param name="bin">Width of a bin in s.</param>
    /// <param name="level">Whether there may be a level; one trace cannot tell it from a slow component.</param>
    public static ScoreProcess Fit(IReadOnlyList<int> lags, IReadOnlyList<double> target, ScoreCorrelation scores, double bin, bool level)
    {
        var rho = target.Select(scores.OfScores).ToArray();
        var seconds = Grid(bin, Math.Min(LongestSeconds, lags[^1] * bin * 2));
        var best = (Error: double.PositiveInfinity, Shares: Array.Empty<double>(), Fast: 0.0, Slow: 0.0);
        for (var f = 0; f < seconds.Length; f++)
            for (var s = f + 1; s < seconds.Length; s++)
            {
                var (fast, slow) = (seconds[f], seconds[s]);
                var shape = Matrix<double>.Build.Dense(lags.Count, 4, (i, j) => j switch
                {
                    0 => Math.Exp(-lags[i] * bin / fast),
                    1 => Math.Exp(-lags[i] * bin / slow),
                    2 => level ? 1.0 : 0.0,
                    _ => 0.0,       // noise: no correlation from the first lag on
                });
                if (Shares(shape, rho, level) is not { } shares)
                    continue;
                var error = 0.0;
                for (var i = 0; i < lags.Count; i++)
                {
                    var r = 0.0;
                    for (var j = 0; j < 4; j++)
                        r += shares[j] * shape[i, j];
                    var d = scores.OfRates(Math.Min(r, 1)) - target[i];
                    error += d * d;
                }
                if (error < best.Error)
                    best = (error, shares, fast, slow);
            }
        List<ScoreComponent> components = [];
        if (Rounded(best.Shares[0]) > 0)
            components.Add(new(Rounded(best.Shares[0]), Math.Round(best.Fast, 3)));
        if (Rounded(best.Shares[1]) > 0)
            components.Add(new(Rounded(best.Shares[1]), Math.Round(best.Slow, 3)));
        var levelShare = Rounded(best.Shares[2]);
        var noise = Math.Max(0, Math.Round(1 - levelShare - components.Sum(c => c.Share), 4));
        return new(levelShare, components, noise);
    }

    private static double Rounded(double share) => Math.Round(share, 4);

    private static double[] Grid(double bin, double longest)
    {
        var shortest = bin / 2;
        return [.. Enumerable.Range(0, GridSteps).Select(i => shortest * Math.Pow(longest / shortest, i / (GridSteps - 1.0)))];
    }

    /// <summary>
    /// Shares of 0 or more with sum 1 that minimise |shape * shares - rho|: of all choices of shares that are not 0, the best whose
    /// equality-constrained solution is feasible (4 shares, so 15 choices).
    /// </summary>
    private static double[]? Shares(Matrix<double> shape, double[] rho, bool level)
    {
        double[]? best = null;
        var least = double.PositiveInfinity;
        var y = Vector<double>.Build.Dense(rho);
        for (var set = 1; set < 16; set++)
        {
            if (!level && (set & 4) != 0)
                continue;
            var columns = Enumerable.Range(0, 4).Where(j => (set >> j & 1) != 0).ToArray();
            var a = Matrix<double>.Build.Dense(rho.Length, columns.Length, (i, j) => shape[i, columns[j]]);
            // Lagrange: [A'A 1; 1' 0] [x; l] = [A'y; 1]
            var n = columns.Length;
            var kkt = Matrix<double>.Build.Dense(n + 1, n + 1, (i, j) => i < n && j < n ? 0 : i == n && j == n ? 0 : 1);
            kkt.SetSubMatrix(0, 0, a.TransposeThisAndMultiply(a) + Matrix<double>.Build.DenseIdentity(n) * 1e-9);
            var right = Vector<double>.Build.Dense(n + 1, 1);
            right.SetSubVector(0, n, a.TransposeThisAndMultiply(y));
            var x = kkt.Solve(right).SubVector(0, n);
            if (x.Any(v => !(v >= -1e-9)))
                continue;
            var error = (a * x - y).L2Norm();
            if (error >= least)
                continue;
            least = error;
            best = new double[4];
            for (var j = 0; j < n; j++)
                best[columns[j]] = Math.Max(0, x[j]);
        }
        return best;
    }
}

using MathNet.Numerics.LinearAlgebra;

namespace RlOffload.Environment.Links;

/// <summary>
/// Finds the level, the autoregressive components and the noise whose autocorrelation comes closest (least squares over the given lags) to that of the
/// data. Time constants stand on a fixed grid and shares are 0 or more with sum 1, so the problem is convex and its solution uses few of them.
/// </summary>
internal static class ScoreProcessFit
{
    private const double GridRatio = 1.6;
    private const double LongestSeconds = 200;
    private const double LeastShare = 0.005;

    /// <summary>Weight of the equation "the shares sum to 1" beside those of the lags.</summary>
    private const double SumWeight = 1e3;

    /// <param name="lagSeconds">Rising; all above 0.</param>
    /// <param name="target">Autocorrelation of the rates at the lags.</param>
    /// <param name="scores">Between rates and scores.</param>
    /// <param name="bin">Width of a bin in s.</param>
    /// <param name="level">Whether there may be a level; one trace cannot tell it from a slow component.</param>
    public static ScoreProcess Fit(IReadOnlyList<double> lagSeconds, IReadOnlyList<double> target, ScoreCorrelation scores, double bin, bool level)
    {
        var grid = new List<double>();
        for (var s = bin; s < Math.Min(LongestSeconds, 2 * lagSeconds[^1]); s *= GridRatio)
            grid.Add(s);
        // Columns: noise (no correlation from the first lag on), one for each time constant, level.
        var columns = 1 + grid.Count + (level ? 1 : 0);
        var a = Matrix<double>.Build.Dense(lagSeconds.Count + 1, columns, (i, j) =>
            i == lagSeconds.Count ? SumWeight : j == 0 ? 0 : j <= grid.Count ? Math.Exp(-lagSeconds[i] / grid[j - 1]) : 1);
        var y = Vector<double>.Build.Dense(lagSeconds.Count + 1, i => i == lagSeconds.Count ? SumWeight : scores.OfScores(target[i]));
        var shares = NonNegative(a, y);
        for (var j = 0; j < shares.Length; j++)
            shares[j] = shares[j] < LeastShare ? 0 : shares[j];
        var sum = shares.Sum();
        var components = Merge(grid, [.. shares.AsSpan(1, grid.Count).ToArray().Select(s => s / sum)]);
        var levelShare = level ? Math.Round(shares[^1] / sum, 4) : 0;
        // The noise takes what rounding leaves; where rounding leaves less than nothing, the largest component gives it.
        var noise = Math.Round(1 - levelShare - components.Sum(c => c.Share), 4);
        if (noise < 0)
        {
            var largest = components.Select((c, i) => (c.Share, i)).Max().i;
            components[largest] = components[largest] with { Share = Math.Round(components[largest].Share + noise, 4) };
        }
        return new(levelShare, components, Math.Max(0, noise));
    }

    /// <summary>Neighbours on the grid stand for one time constant between them: the geometric mean, weighed by their shares.</summary>
    private static List<ScoreComponent> Merge(List<double> grid, double[] shares)
    {
        List<ScoreComponent> components = [];
        for (int i = 0, j; i < shares.Length; i = j + 1)
        {
            double share = 0, log = 0;
            for (j = i; j < shares.Length && shares[j] > 0; j++)
            {
                share += shares[j];
                log += shares[j] * Math.Log(grid[j]);
            }
            if (share > 0)
                components.Add(new(Math.Round(share, 4), Math.Round(Math.Exp(log / share), 3)));
        }
        return components;
    }

    /// <summary>The x of 0 or more that minimises |a x - y| (Lawson and Hanson 1974, algorithm NNLS).</summary>
    private static double[] NonNegative(Matrix<double> a, Vector<double> y)
    {
        var n = a.ColumnCount;
        var x = Vector<double>.Build.Dense(n);
        var free = new List<int>();
        for (var round = 0; round < 10 * n; round++)
        {
            var gradient = a.TransposeThisAndMultiply(y - a * x);
            var next = Enumerable.Range(0, n).Where(j => !free.Contains(j)).OrderByDescending(j => gradient[j]).FirstOrDefault(-1);
            if (next < 0 || gradient[next] < 1e-9)
                break;
            free.Add(next);
            while (free.Count > 0)
            {
                var solution = Matrix<double>.Build.DenseOfColumnVectors(free.Select(a.Column)).QR().Solve(y);
                if (solution.All(v => v > 0))
                {
                    x.Clear();
                    for (var k = 0; k < free.Count; k++)
                        x[free[k]] = solution[k];
                    break;
                }
                // As far towards the solution as no share turns negative; those that reach 0 are held there.
                var step = Enumerable.Range(0, free.Count).Where(k => solution[k] <= 0).Min(k => x[free[k]] / (x[free[k]] - solution[k]));
                for (var k = 0; k < free.Count; k++)
                    x[free[k]] += step * (solution[k] - x[free[k]]);
                free.RemoveAll(j => x[j] <= 1e-12);
                for (var j = 0; j < n; j++)
                    if (!free.Contains(j))
                        x[j] = 0;
            }
        }
        return [.. x];
    }
}

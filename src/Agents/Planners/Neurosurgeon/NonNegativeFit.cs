using MathNet.Numerics.LinearAlgebra;

namespace RlOffload.Agents.Planners;

/// <summary>Least squares with coefficients of 0 or more, by trying every subset of at most a handful of features.</summary>
internal static class NonNegativeFit
{
    /// <param name="features">A row of as many numbers a sample.</param>
    /// <returns>One coefficient a feature; features that would need a negative one, or more samples than there are, get 0.</returns>
    public static double[] Solve(IReadOnlyList<double[]> features, IReadOnlyList<double> targets)
    {
        var count = features[0].Length;
        // Columns of like size keep the solution accurate: elements are millions, the constant is one.
        var scale = Enumerable.Range(0, count).Select(c => features.Max(f => Math.Abs(f[c])) is > 0 and var most ? most : 1).ToArray();
        var y = Vector<double>.Build.DenseOfEnumerable(targets);
        var (best, least) = (new double[count], y.DotProduct(y));
        for (var subset = 1; subset < 1 << count; subset++)
        {
            int[] chosen = [.. Enumerable.Range(0, count).Where(c => (subset >> c & 1) == 1)];
            if (chosen.Length > features.Count)
                continue;
            var x = Matrix<double>.Build.Dense(features.Count, chosen.Length, (r, c) => features[r][chosen[c]] / scale[chosen[c]]);
            var b = x.Svd().Solve(y);
            var error = (x * b - y).L2Norm();
            // Of fits that are as good, the one that comes first uses the earlier features.
            if (b.Any(v => !(v >= 0)) || error * error >= least * (1 - 1e-9))
                continue;
            least = error * error;
            best = new double[count];
            for (var c = 0; c < chosen.Length; c++)
                best[chosen[c]] = b[c] / scale[chosen[c]];
        }
        return best;
    }
}

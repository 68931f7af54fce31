using MathNet.Numerics.Distributions;

namespace RlOffload.Training.Statistics;

/// <summary>
/// How often one policy earns more than another over windows played by both, a tie counting half, with Wilson's (1927) score interval:
/// unlike a bootstrap it does not call a policy that won every window infallible.
/// </summary>
public static class WinShare
{
    public static Interval Of(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        if (a.Length == 0 || a.Length != b.Length)
            throw new ArgumentException("both policies need the same windows, at least one");
        var wins = 0.0;
        for (var w = 0; w < a.Length; w++)
            wins += a[w] > b[w] ? 1 : a[w] == b[w] ? 0.5 : 0;
        return Wilson(wins, a.Length);
    }

    internal static Interval Wilson(double successes, double trials)
    {
        var z = Normal.InvCDF(0, 1, 0.975);
        var p = successes / trials;
        var middle = (p + z * z / (2 * trials)) / (1 + z * z / trials);
        var half = z / (1 + z * z / trials) * Math.Sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials));
        return new Interval(p, Math.Max(0, middle - half), Math.Min(1, middle + half));
    }
}

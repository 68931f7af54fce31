namespace RlOffload.Training.Statistics;

public static class Quantiles
{
    /// <summary>Quantile of sorted values, linear between order statistics (Hyndman and Fan 1996, type 7); NaN of none.</summary>
    public static double Of(ReadOnlySpan<double> sorted, double p)
    {
        if (sorted.IsEmpty)
            return double.NaN;
        var at = Math.Clamp(p, 0, 1) * (sorted.Length - 1);
        var low = (int)Math.Floor(at);
        var high = Math.Min(low + 1, sorted.Length - 1);
        return sorted[low] == sorted[high] ? sorted[low] : sorted[low] + (at - low) * (sorted[high] - sorted[low]);
    }
}

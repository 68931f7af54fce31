namespace RlOffload.Training.Statistics;

/// <summary>Share of runs (scenarios x seeds) whose score lies above each threshold, with pointwise 95 % bands (Agarwal et al. 2021, 4.2).</summary>
public sealed record PerformanceProfile(IReadOnlyList<double> Thresholds, IReadOnlyList<Interval> Shares)
{
    public static PerformanceProfile Of(StratifiedBootstrap bootstrap, IReadOnlyList<double> thresholds) =>
        new(thresholds, bootstrap.Of([.. thresholds.Select<double, Func<ReadOnlySpan<double>, double>>(t => scores => Aggregates.ShareAbove(scores, t))]));
}

namespace RlOffload.Training.Statistics;

/// <summary>
/// Probability of improvement as Agarwal et al. 2021 (rliable) define it: how likely a run of one learner scores more than a run of another, a tie counting
/// half; Mann and Whitney's U over the number of pairs. A run is a seed with its mean over all windows, and a planner is a single run.
/// </summary>
public static class RunShare
{
    /// <param name="first">[seed][window], mean reward a request.</param>
    /// <param name="second">Likewise, over the same windows.</param>
    public static double Of(IReadOnlyList<IReadOnlyList<double>> first, IReadOnlyList<IReadOnlyList<double>> second)
    {
        if (first.Count == 0 || second.Count == 0 || first.Concat(second).Any(r => r.Count == 0 || r.Count != first[0].Count))
            throw new ArgumentException("both policies need at least one run, and all runs the same windows");
        double[] a = [.. first.Select(r => r.Average())], b = [.. second.Select(r => r.Average())];
        return a.Average(x => b.Average(y => x > y ? 1 : x == y ? 0.5 : 0));
    }
}

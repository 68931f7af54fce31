namespace RlOffload.Training.Statistics;

/// <summary>
/// Score = (mean reward - static's) / (oracle's - static's), a ratio of means over the same windows, and its 95 % interval. Windows are
/// resampled jointly for the three, because the window explains most of the variance. One policy: bootstrap-t over windows; several seeds
/// of one learner: <see cref="CrossedInterval"/> over seeds and windows. <c>bench coverage</c> shows how often they hold the truth.
/// </summary>
public static class ScoreInterval
{
    /// <summary>Room below which a score would divide by noise, reward a request.</summary>
    public const double LeastRoom = 0.01;

    /// <summary>Null where there is no room.</summary>
    /// <param name="policy">Mean reward a request, one a window.</param>
    public static Interval? Of(ReadOnlySpan<double> policy, ReadOnlySpan<double> anchor, ReadOnlySpan<double> oracle, ulong seed, int draws = 10_000)
    {
        RequireSame(policy.Length, anchor.Length, oracle.Length);
        var room = Less(oracle, anchor);
        return room.Average() < LeastRoom ? null : BootstrapT.Ratio(Less(policy, anchor), room, seed, draws);
    }

    /// <summary>Of a learner trained with several seeds; null where there is no room.</summary>
    /// <param name="seeds">[seed][window], mean reward a request.</param>
    public static Interval? OfSeeds(
        IReadOnlyList<IReadOnlyList<double>> seeds, ReadOnlySpan<double> anchor, ReadOnlySpan<double> oracle, ulong seed, int draws = 10_000)
    {
        if (seeds.Count == 1 || anchor.Length == 1)
            return Of(Average(seeds), anchor, oracle, seed, draws);
        foreach (var row in seeds)
            RequireSame(row.Count, anchor.Length, oracle.Length);
        var room = Less(oracle, anchor);
        if (room.Average() < LeastRoom)
            return null;
        var zero = anchor.ToArray();
        return CrossedInterval.Ratio([.. seeds.Select(row => row.Select((r, w) => r - zero[w]).ToArray())], room);
    }

    /// <summary>Mean of the paired differences a - b over windows, reward a request.</summary>
    public static Interval Difference(ReadOnlySpan<double> a, ReadOnlySpan<double> b, ulong seed, int draws = 10_000)
    {
        RequireSame(a.Length, b.Length, b.Length);
        return BootstrapT.Mean(Less(a, b), seed, draws);
    }

    /// <summary>Mean over seeds, by window.</summary>
    internal static double[] Average(IReadOnlyList<IReadOnlyList<double>> seeds) =>
        [.. Enumerable.Range(0, seeds[0].Count).Select(w => seeds.Average(row => row[w]))];

    private static double[] Less(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var difference = new double[a.Length];
        for (var i = 0; i < a.Length; i++)
            difference[i] = a[i] - b[i];
        return difference;
    }

    private static void RequireSame(int a, int b, int c)
    {
        if (a == 0 || a != b || a != c)
            throw new ArgumentException("policy, anchor and oracle need the same windows, at least one");
    }
}

namespace RlOffload.Training.Statistics;

/// <summary>Aggregates of scores over scenarios and seeds (Agarwal et al., Deep RL at the Edge of the Statistical Precipice, NeurIPS 2021).</summary>
public static class Aggregates
{
    /// <summary>Interquartile mean: the mean of what is left without the lowest and the highest quarter, each rounded down to whole scores.</summary>
    public static double InterquartileMean(ReadOnlySpan<double> scores)
    {
        if (scores.IsEmpty)
            return double.NaN;
        var sorted = scores.ToArray();
        Array.Sort(sorted);
        var cut = sorted.Length / 4;
        return sorted.AsSpan(cut, sorted.Length - 2 * cut).ToArray().Average();
    }

    /// <summary>
    /// What is missing to 1 on average, where more than 1 makes up for nothing: 1 - mean(min(score, 1)). Exact rather than conventional here,
    /// because 1 is the hindsight oracle.
    /// </summary>
    public static double OptimalityGap(ReadOnlySpan<double> scores)
    {
        var sum = 0.0;
        foreach (var score in scores)
            sum += Math.Min(score, 1);
        return 1 - sum / scores.Length;
    }

    public static double Mean(ReadOnlySpan<double> scores)
    {
        var sum = 0.0;
        foreach (var score in scores)
            sum += score;
        return sum / scores.Length;
    }

    /// <summary>Share of scores above <paramref name="threshold"/>: one point of a performance profile.</summary>
    public static double ShareAbove(ReadOnlySpan<double> scores, double threshold)
    {
        var above = 0;
        foreach (var score in scores)
            above += score > threshold ? 1 : 0;
        return (double)above / scores.Length;
    }
}

namespace RlOffload.Agents.Planners;

/// <summary>
/// Technique for order of preference by similarity to the ideal solution (Hwang and Yoon 1981) over criteria that are all costs: r_ij = x_ij / |x_j|, v_ij = w_j r_ij, ideal A+ the
/// least and A- the most of each criterion, choice the alternative of largest d- / (d+ + d-).
/// </summary>
public static class Topsis
{
    public const int MostCriteria = 8;

    /// <param name="values">A row a alternative of as many numbers as there are weights.</param>
    /// <param name="weights">At most <see cref="MostCriteria"/>.</param>
    /// <returns>The chosen row, of equally close ones the first; -1 where there is none, or none is a number. Allocates nothing.</returns>
    public static int Choose(ReadOnlySpan<double> values, ReadOnlySpan<double> weights)
    {
        Span<double> scale = stackalloc double[MostCriteria], best = stackalloc double[MostCriteria], worst = stackalloc double[MostCriteria];
        var (criteria, rows) = (weights.Length, values.Length / weights.Length);
        for (var j = 0; j < criteria; j++)
        {
            var (sum, least, most) = (0.0, double.PositiveInfinity, double.NegativeInfinity);
            for (var i = 0; i < rows; i++)
            {
                var x = values[i * criteria + j];
                (sum, least, most) = (sum + x * x, Math.Min(least, x), Math.Max(most, x));
            }
            scale[j] = sum > 0 ? weights[j] / Math.Sqrt(sum) : 0;
            (best[j], worst[j]) = (least * scale[j], most * scale[j]);
        }
        var (chosen, closest) = (-1, -1.0);
        for (var i = 0; i < rows; i++)
        {
            var (toBest, toWorst) = (0.0, 0.0);
            for (var j = 0; j < criteria; j++)
            {
                var v = values[i * criteria + j] * scale[j];
                toBest += (v - best[j]) * (v - best[j]);
                toWorst += (v - worst[j]) * (v - worst[j]);
            }
            (toBest, toWorst) = (Math.Sqrt(toBest), Math.Sqrt(toWorst));
            // Alternatives that are alike in everything are as close as can be.
            var closeness = toBest + toWorst == 0 ? 1 : toWorst / (toBest + toWorst);
            if (closeness > closest)
                (chosen, closest) = (i, closeness);
        }
        return chosen;
    }
}

using RlOffload.Inference.Policies.Distilled;

namespace RlOffload.Training.Distillation;

/// <summary>
/// Grows a table axis by axis: next comes the entry, in 2, 4 or 8 bins, that raises the merit most for each doubling of the cells. A cell that few states
/// fell into leans on the cell that it was a part of.
/// </summary>
internal static class TableGrowth
{
    /// <summary>States that a cell's parent counts as.</summary>
    private const double Prior = 10;

    private static readonly int[] Widths = [2, 4, 8];

    /// <param name="targets">[states, plans].</param>
    /// <param name="rows">[cells, plans].</param>
    public static LookupTable Grow(Bins bins, int inputs, int plans, float[] targets, Merit merit, int cells, out float[] rows)
    {
        var count = targets.Length / plans;
        var axes = new List<LookupTable.Axis>();
        var cellOf = new int[count];
        var size = 1;
        var values = Means(cellOf, 1, targets, plans, null, 1);
        var present = Total(cellOf, 1, null, targets, plans, merit);
        while (axes.Count < LookupTable.MostAxes)
        {
            (int Feature, int[] Edges, double Total, double Rate) best = default;
            for (var f = 0; f < inputs; f++)
            {
                if (axes.Any(a => a.Feature == f))
                    continue;
                foreach (var width in Widths)
                {
                    var edges = Edges(bins.Thresholds[f].Length, width);
                    if (edges.Length == 0 || (long)size * (edges.Length + 1) > cells)
                        continue;
                    var lookup = Codes(edges);
                    var total = Total(cellOf, size * (edges.Length + 1), i => cellOf[i] * (edges.Length + 1) + lookup[bins.Code(i, f)], targets, plans, merit);
                    var rate = (total - present) / Math.Log2(edges.Length + 1);
                    if (rate > best.Rate && total - present > 1e-9 * (Math.Abs(present) + count * 1e-6))
                        best = (f, edges, total, rate);
                }
            }
            if (best.Edges is null)
                break;
            var (feature, chosen, width2) = (best.Feature, Codes(best.Edges), best.Edges.Length + 1);
            for (var i = 0; i < count; i++)
                cellOf[i] = cellOf[i] * width2 + chosen[bins.Code(i, feature)];
            size *= width2;
            values = Means(cellOf, size, targets, plans, values, width2);
            present = best.Total;
            axes.Add(new LookupTable.Axis(feature, [.. best.Edges.Select(e => bins.Thresholds[feature][e])]));
        }
        rows = [.. values.Select(v => (float)v)];
        return new LookupTable(axes);
    }

    /// <summary>Which of an entry's thresholds bound so many bins of about equal population.</summary>
    private static int[] Edges(int thresholds, int width) => [.. Enumerable.Range(1, width - 1).Select(e => e * (thresholds + 1) / width - 1).Where(e => e >= 0 && e < thresholds).Distinct()];

    /// <summary>By fine bin, the coarse one.</summary>
    private static int[] Codes(int[] edges) => [.. Enumerable.Range(0, Bins.Most).Select(code => edges.Count(e => code > e))];

    private static double Total(int[] cellOf, int cells, Func<int, int>? place, float[] targets, int plans, Merit merit)
    {
        var (sums, counts) = (new double[cells * plans], new int[cells]);
        for (var i = 0; i < cellOf.Length; i++)
        {
            var cell = place?.Invoke(i) ?? cellOf[i];
            counts[cell]++;
            var row = targets.AsSpan(i * plans, plans);
            var sum = sums.AsSpan(cell * plans, plans);
            for (var p = 0; p < row.Length; p++)
                sum[p] += row[p];
        }
        var total = 0.0;
        for (var cell = 0; cell < cells; cell++)
            total += merit.Of(sums.AsSpan(cell * plans, plans), counts[cell]);
        return total;
    }

    private static double[] Means(int[] cellOf, int cells, float[] targets, int plans, double[]? parents, int width)
    {
        var (values, counts) = (new double[cells * plans], new int[cells]);
        for (var i = 0; i < cellOf.Length; i++)
        {
            counts[cellOf[i]]++;
            for (var p = 0; p < plans; p++)
                values[cellOf[i] * plans + p] += targets[i * plans + p];
        }
        for (var cell = 0; cell < cells; cell++)
            for (var p = 0; p < plans; p++)
                values[cell * plans + p] = parents is null ? values[cell * plans + p] / counts[cell]
                    : (values[cell * plans + p] + Prior * parents[cell / width * plans + p]) / (counts[cell] + Prior);
        return values;
    }
}

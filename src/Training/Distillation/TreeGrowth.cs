using RlOffload.Inference.Policies.Distilled;

namespace RlOffload.Training.Distillation;

/// <summary>Grows a tree best first: the leaf is split next whose best threshold raises the merit most.</summary>
internal static class TreeGrowth
{
    /// <param name="targets">[states, plans].</param>
    /// <param name="rows">[leaves, plans]: the mean target of each leaf's states.</param>
    public static DecisionTree Grow(Bins bins, int inputs, int plans, float[] targets, Merit merit, int leaves, out float[] rows)
    {
        var open = new PriorityQueue<Growing, (double, int)>();
        var grown = new List<Growing>();
        Growing Open(int[] states)
        {
            var leaf = new Growing(grown.Count, states, Sum(states, targets, plans));
            grown.Add(leaf);
            if (Split(leaf, bins, inputs, plans, targets, merit) is { Gain: > 0 } split)
            {
                leaf.Best = split;
                open.Enqueue(leaf, (-split.Gain, leaf.Number));
            }
            return leaf;
        }
        Open([.. Enumerable.Range(0, targets.Length / plans)]);
        for (var count = 1; count < leaves && open.TryDequeue(out var leaf, out _); count++)
        {
            var (feature, bin, _) = leaf.Best;
            leaf.Below = Open([.. leaf.States.Where(i => bins.Code(i, feature) <= bin)]);
            leaf.Above = Open([.. leaf.States.Where(i => bins.Code(i, feature) > bin)]);
        }
        return Lay(grown, bins, plans, out rows);
    }

    private static Candidate Split(Growing leaf, Bins bins, int inputs, int plans, float[] targets, Merit merit)
    {
        var best = default(Candidate);
        if (leaf.States.Length < 2 * DistillOptions.LeastStates)
            return best;
        var whole = merit.Of(leaf.Sums, leaf.States.Length);
        var (sums, counts) = (new double[Bins.Most * plans], new int[Bins.Most]);
        var (below, above) = (new double[plans], new double[plans]);
        // Merits are sums of as many terms; less than their rounding is no gain.
        var least = 1e-9 * (Math.Abs(whole) + leaf.States.Length * 1e-6);
        for (var f = 0; f < inputs; f++)
        {
            var thresholds = bins.Thresholds[f].Length;
            if (thresholds == 0)
                continue;
            Array.Clear(sums, 0, (thresholds + 1) * plans);
            Array.Clear(counts, 0, thresholds + 1);
            foreach (var i in leaf.States)
            {
                var code = bins.Code(i, f);
                counts[code]++;
                Add(targets.AsSpan(i * plans, plans), sums.AsSpan(code * plans, plans));
            }
            Array.Clear(below);
            var left = 0;
            for (var bin = 0; bin < thresholds; bin++)
            {
                left += counts[bin];
                for (var p = 0; p < plans; p++)
                    above[p] = leaf.Sums[p] - (below[p] += sums[bin * plans + p]);
                var right = leaf.States.Length - left;
                if (counts[bin] == 0 || left < DistillOptions.LeastStates || right < DistillOptions.LeastStates)
                    continue;
                var gain = merit.Of(below, left) + merit.Of(above, right) - whole;
                if (gain > Math.Max(best.Gain, least))
                    best = new Candidate(f, bin, gain);
            }
        }
        return best;
    }

    /// <summary>Nodes in the order in which they were split, so that children follow their parents.</summary>
    private static DecisionTree Lay(List<Growing> grown, Bins bins, int plans, out float[] rows)
    {
        var (numbers, values) = (new Dictionary<Growing, int>(), new List<float>());
        var inner = 0;
        foreach (var node in grown.Where(g => g.Below is not null))
            numbers[node] = inner++;
        var leaf = 0;
        foreach (var node in grown.Where(g => g.Below is null))
        {
            numbers[node] = ~leaf++;
            values.AddRange(node.Sums.Select(s => (float)(s / node.States.Length)));
        }
        rows = [.. values];
        return new DecisionTree([.. grown.Where(g => g.Below is not null)
            .Select(g => new DecisionTree.Node(g.Best.Feature, bins.Thresholds[g.Best.Feature][g.Best.Bin], numbers[g.Below!], numbers[g.Above!]))]);
    }

    private static double[] Sum(int[] states, float[] targets, int plans)
    {
        var sums = new double[plans];
        foreach (var i in states)
            Add(targets.AsSpan(i * plans, plans), sums);
        return sums;
    }

    private static void Add(ReadOnlySpan<float> targets, Span<double> sums)
    {
        sums = sums[..targets.Length];
        for (var p = 0; p < targets.Length; p++)
            sums[p] += targets[p];
    }

    private readonly record struct Candidate(int Feature, int Bin, double Gain);

    private sealed class Growing(int number, int[] states, double[] sums)
    {
        public int Number => number;
        public int[] States => states;
        public double[] Sums => sums;
        public Candidate Best { get; set; }
        public Growing? Below { get; set; }
        public Growing? Above { get; set; }
    }
}

namespace RlOffload.Agents.Planners;

/// <summary>
/// A smaller graph with the same smallest cuts, whatever the rate, worked out once: CIC's idea (Yang et al., IJCNN 2022). How the paper compresses was not at hand; the rule is
/// ours. Let P be the prefix up to a layer that every other layer comes before or after. A partition S that keeps P and more is never better than P itself if it sends no
/// fewer bytes, packs no fewer numbers, and if what it runs on the device beyond P would be no slower on the server. Where that holds of all S between one such layer
/// and the next, which a smallest cut by bytes and one by time each show, no smallest cut lies there and the layers become one. Within branches a layer becomes one with its
/// only reader where it sends no less than it alone reads. Of a chain whose device is slower than its server the strict running minima of the bytes remain.
/// </summary>
public sealed class GraphReduction
{
    private const double Slack = 1e-9, Pinned = 10, MostRatio = 1024;

    private readonly LayerGraph _graph;
    private readonly double _ratio, _bytes, _pack, _seconds;
    private readonly int[] _first;

    private GraphReduction(LayerGraph graph, double ratio)
    {
        (_graph, _ratio) = (graph, ratio);
        _bytes = Math.Max(double.Epsilon, graph.Tensors.Where(t => double.IsFinite(t.Bytes)).Sum(t => t.Bytes));
        _pack = Math.Max(double.Epsilon, graph.Tensors.Sum(t => t.PackSeconds));
        _seconds = Math.Max(double.Epsilon, graph.Layers.Sum(l => Math.Abs(l.EdgeSeconds) + ratio * Math.Abs(l.CloudSeconds)));
        _first = Merge();
        Last = [.. Enumerable.Range(0, graph.Layers.Count).Where(v => v + 1 == graph.Layers.Count || _first[v + 1] == v + 1)];
        Graph = Quotient();
    }

    public LayerGraph Graph { get; }

    /// <summary>By layer of <see cref="Graph"/>, the last of the layers that became it; they are neighbours in the order.</summary>
    public IReadOnlyList<int> Last { get; }

    /// <summary>The cuts are the same as long as the server's times weigh at most this much more than the device's than they do in the graph.</summary>
    public double Ratio => _ratio;

    /// <param name="ratio">At least this; more where that costs no layer.</param>
    public static GraphReduction Of(LayerGraph graph, double ratio = 1)
    {
        var best = new GraphReduction(graph, ratio);
        while (best.Ratio < MostRatio && new GraphReduction(graph, 2 * best.Ratio) is var next && next.Graph.Layers.Count == best.Graph.Layers.Count)
            best = next;
        return best;
    }

    /// <returns>By layer the first of those it becomes one with.</returns>
    private int[] Merge()
    {
        var first = Enumerable.Range(0, _graph.Layers.Count).ToArray();
        var narrow = Narrow();
        // -1 is the prefix of no layer: the input is sent.
        var kept = new List<int>();
        for (var i = 0; i + 1 < narrow.Count; i++)
        {
            var (from, to) = (narrow[i], narrow[i + 1]);
            var beaten = kept.Exists(k => Beats(k, from, to));
            if (!beaten)
                kept.Add(from);
            if (!beaten && !Beats(from, from, to))
                continue;
            // With the prefix up to here beaten, too, there is no cut behind its last layer either.
            var start = beaten && from >= 0 ? first[from] : from + 1;
            for (var v = from + 1; v <= to; v++)
                first[v] = start;
        }
        for (var v = 0; v + 1 < first.Length; v++)
            if (first[v + 1] == v + 1 && IsBetterBefore(v))
                for (var w = v + 1; w < first.Length && first[w] == v + 1; w++)
                    first[w] = first[v];
        return first;
    }

    /// <summary>Whether the device need never end with this layer: its only reader follows, it reads one tensor alone, sends no less than that and is no quicker on the device.</summary>
    private bool IsBetterBefore(int layer)
    {
        GraphTensor[] read = [.. _graph.Tensors.Where(t => t.Readers.Contains(layer))], made = [.. _graph.Tensors.Where(t => t.Maker == layer)];
        var (edge, cloud) = (_graph.Layers[layer].EdgeSeconds, _graph.Layers[layer].CloudSeconds);
        return read is [{ Readers.Count: 1 } only] && made.All(t => t.Readers is [var reader] && reader == layer + 1)
            && made.Sum(t => t.Bytes) >= only.Bytes && made.Sum(t => t.PackSeconds) >= only.PackSeconds && edge >= 0 && edge >= _ratio * cloud;
    }

    /// <summary>Layers that every other layer comes before or after, and -1 before them; the layers up to one of them are all that it needs.</summary>
    private List<int> Narrow()
    {
        var count = _graph.Layers.Count;
        var before = new HashSet<int>[count];
        for (var v = 0; v < count; v++)
        {
            before[v] = [];
            foreach (var tensor in _graph.Tensors.Where(t => t.Maker >= 0 && t.Readers.Contains(v)))
            {
                before[v].Add(tensor.Maker);
                before[v].UnionWith(before[tensor.Maker]);
            }
        }
        return [-1, .. Enumerable.Range(0, count).Where(v => before[v].Count == v && Enumerable.Range(v + 1, count - v - 1).All(w => before[w].Contains(v)))];
    }

    /// <summary>Whether the prefix up to layer <paramref name="k"/> is at least as good as all partitions that keep <paramref name="from"/> and not <paramref name="to"/>.</summary>
    private bool Beats(int k, int from, int to) =>
        SendsNoLess(k, from, to, t => t.Bytes / _bytes) && SendsNoLess(k, from, to, t => t.PackSeconds / _pack)
        && GainsNoTime(k, from, to, 0) && GainsNoTime(k, from, to, _ratio);

    private bool SendsNoLess(int k, int from, int to, Func<GraphTensor, double> cost)
    {
        // What the input costs where it cannot be sent is beyond all that is pinned.
        GraphTensor[] tensors = [.. _graph.Tensors.Select(t => t with { Bytes = Math.Min(cost(t), 2 * Pinned), PackSeconds = 0 })];
        var least = Crossing(tensors, Between(from, to, tensors, _ => default));
        var prefix = Enumerable.Range(0, _graph.Layers.Count).Select(v => v <= k).ToArray();
        return least >= Crossing(tensors, prefix) - Slack;
    }

    private bool GainsNoTime(int k, int from, int to, double ratio)
    {
        GraphLayer Scaled(int v) => new(_graph.Layers[v].EdgeSeconds / _seconds, ratio * _graph.Layers[v].CloudSeconds / _seconds);
        var kept = Between(from, to, [.. _graph.Tensors.Select(t => t with { Bytes = 0, PackSeconds = 0 })], Scaled);
        return Enumerable.Range(k + 1, kept.Length - k - 1).Where(v => kept[v]).Sum(v => Scaled(v).EdgeSeconds - Scaled(v).CloudSeconds) >= -Slack;
    }

    /// <summary>The partition of least cost among those that keep all layers up to one and neither the other nor what comes after it.</summary>
    /// <param name="inner">Times of the layers between.</param>
    private bool[] Between(int from, int to, GraphTensor[] tensors, Func<int, GraphLayer> inner)
    {
        GraphLayer[] layers = [.. Enumerable.Range(0, _graph.Layers.Count).Select(v => v <= from ? new(0, Pinned) : v >= to ? new GraphLayer(Pinned, 0) : inner(v))];
        var cut = new GraphCut(new LayerGraph(layers, tensors));
        cut.Solve(new CutConditions(1, 8, 1, 0));
        return cut.OnEdge.ToArray();
    }

    /// <summary>Sum over the tensors that leave a partition's device.</summary>
    private static double Crossing(GraphTensor[] tensors, bool[] onEdge) =>
        tensors.Where(t => (t.Maker < 0 || onEdge[t.Maker]) && t.Readers.Any(r => !onEdge[r])).Sum(t => t.Bytes);

    private LayerGraph Quotient()
    {
        var place = new int[_first.Length];
        for (int v = 0, group = 0; v < place.Length; v++)
            place[v] = v == 0 || _first[v] != v ? group : ++group;
        var layers = Enumerable.Range(0, place.Length).GroupBy(v => place[v]).OrderBy(g => g.Key)
            .Select(g => new GraphLayer(g.Sum(v => _graph.Layers[v].EdgeSeconds), g.Sum(v => _graph.Layers[v].CloudSeconds))).ToArray();
        var tensors = _graph.Tensors
            .Select(t => (Maker: t.Maker < 0 ? -1 : place[t.Maker], Tensor: t))
            .Select(t => (t.Maker, t.Tensor, Readers: t.Tensor.Readers.Select(r => place[r]).Where(r => r != t.Maker).Distinct().Order().ToArray()))
            .Where(t => t.Readers.Length > 0)
            // Tensors that go the same way are sent together or not at all.
            .GroupBy(t => (t.Maker, string.Join(',', t.Readers)))
            .Select(g => new GraphTensor(g.Key.Maker, g.First().Readers, g.Sum(t => t.Tensor.Bytes), g.Sum(t => t.Tensor.PackSeconds)));
        return new LayerGraph(layers, [.. tensors], _graph.HeaderBytes);
    }
}

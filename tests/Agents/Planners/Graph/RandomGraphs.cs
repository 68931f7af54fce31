using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Planners;

/// <summary>Random networks small enough to try every partition.</summary>
internal static class RandomGraphs
{
    /// <summary>2 to 12 layers with skips, branches and several readers of the input; what layers give spans three decades of bytes.</summary>
    /// <param name="slower">The device is nowhere faster than the server; else either may be.</param>
    public static LayerGraph Dag(ref Rng rng, bool slower = true)
    {
        var count = 2 + rng.NextInt(11);
        var readers = Enumerable.Range(0, count + 1).Select(_ => new SortedSet<int>()).ToArray();
        for (var v = 0; v < count; v++)
            for (var inputs = 1 + rng.NextInt(2); inputs > 0; inputs--)
                readers[Math.Max(0, v - rng.NextInt(4))].Add(v); // 0 is the input, v the layer before
        for (var t = 0; t < count; t++)
            if (readers[t].Count == 0)
                readers[t].Add(count - 1);
        return Make(ref rng, slower, readers[..count]);
    }

    public static LayerGraph Chain(ref Rng rng, bool slower = true) =>
        Make(ref rng, slower, [.. Enumerable.Range(0, 1 + rng.NextInt(14)).Select(v => new SortedSet<int> { v })]);

    public static CutConditions Conditions(ref Rng rng) => new(1 + rng.NextDouble(), 3e4 * Math.Pow(300, rng.NextDouble()), 1, 0.1 * rng.NextDouble());

    /// <summary>Every set of layers that the device may run: with a layer all that it needs.</summary>
    public static IEnumerable<bool[]> Partitions(LayerGraph graph)
    {
        var count = graph.Layers.Count;
        for (var set = 0; set < 1 << count; set++)
        {
            var onEdge = Enumerable.Range(0, count).Select(v => (set >> v & 1) == 1).ToArray();
            if (graph.Tensors.All(t => t.Maker < 0 || onEdge[t.Maker] || !t.Readers.Any(r => onEdge[r])))
                yield return onEdge;
        }
    }

    /// <summary>Written from the definition, to check <see cref="GraphCut"/> against.</summary>
    public static StageTimes Stages(LayerGraph graph, bool[] onEdge, CutConditions c)
    {
        var sent = graph.Tensors.Where(t => (t.Maker < 0 || onEdge[t.Maker]) && t.Readers.Any(r => !onEdge[r])).ToArray();
        var local = onEdge.All(e => e);
        return new(
            c.Slowdown * (graph.Layers.Where((_, v) => onEdge[v]).Sum(l => l.EdgeSeconds) + sent.Sum(t => t.PackSeconds)),
            local ? 0 : (sent.Sum(t => t.Bytes) + graph.HeaderBytes) * 8 / c.Rate,
            c.Load * graph.Layers.Where((_, v) => !onEdge[v]).Sum(l => l.CloudSeconds));
    }

    /// <param name="alpha">Weight of the device's time, <paramref name="gamma"/> of the server's.</param>
    public static double Cost(LayerGraph graph, bool[] onEdge, CutConditions c, double alpha = 1, double gamma = 1)
    {
        var stages = Stages(graph, onEdge, c);
        return alpha * stages.Edge + stages.Sending + gamma * stages.Cloud + (onEdge.All(e => e) ? 0 : c.RoundTrip);
    }

    private static LayerGraph Make(ref Rng rng, bool slower, SortedSet<int>[] readers)
    {
        var layers = new GraphLayer[readers.Length];
        foreach (ref var layer in layers.AsSpan())
        {
            var cloud = 0.02 * rng.NextDouble();
            layer = new(slower ? cloud * (1 + 9 * rng.NextDouble()) : 0.06 * rng.NextDouble() - 0.005, cloud);
        }
        var tensors = new List<GraphTensor>();
        for (var t = 0; t < readers.Length; t++)
        {
            var bytes = t == 0 ? 30_000 : Math.Floor(100 * Math.Pow(1000, rng.NextDouble()));
            tensors.Add(new(t - 1, [.. readers[t]], bytes, t == 0 ? 0 : 1e-7 * bytes));
        }
        return new LayerGraph(layers, tensors, 64);
    }
}

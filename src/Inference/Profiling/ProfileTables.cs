using RlOffload.Environment.Profiles;
using RlOffload.Inference.Partitions;
using RlOffload.Onnx;

namespace RlOffload.Inference.Profiling;

/// <param name="Whole">By exit.</param>
/// <param name="Cuts">In the order of the profile's cuts.</param>
/// <param name="Layers">Ms by node.</param>
internal sealed record ProfileTimes(IReadOnlyList<Duration> Whole, IReadOnlyList<CutMeasure> Cuts, IReadOnlyList<double> Layers);

/// <summary>Arranges what was measured as a profile lists it.</summary>
internal static class ProfileTables
{
    /// <summary>
    /// Every (exit, cut) that can run. Cut 0's tail and an exit's local head are the whole network up to that exit, one sub-model that was
    /// timed once.
    /// </summary>
    public static IEnumerable<Partition> Partitions(
        SplitNetwork network, IReadOnlyList<IReadOnlyList<string>> exits, IReadOnlyList<Cut> cuts, ProfileTimes times)
    {
        var graph = network.Graph;
        var heads = cuts.Select(c => graph.Ancestors(c.Tensors)).ToList();
        var memory = cuts.Select(c => c.Depth == 0 ? 0 : PeakMemory.OfHead(graph, c.Tensors, network.Tensors)).ToList();
        double Sum(bool[] nodes, bool[]? without = null) =>
            Math.Round(Enumerable.Range(0, nodes.Length).Where(i => nodes[i] && without?[i] != true).Sum(i => times.Layers[i]), 4);
        var none = new Duration(0, 0);
        for (var e = 0; e < exits.Count; e++)
        {
            var whole = graph.Ancestors(exits[e]);
            for (var c = 0; c < cuts.Count; c++)
            {
                if (cuts[c].LocalOf.Contains(e))
                    yield return new Partition(e, c, true, times.Whole[e], none, memory[c], Sum(whole));
                else if (cuts[c].Depth == 0)
                    yield return new Partition(e, c, false, none, times.Whole[e], 0, 0, Sum(whole));
                else if (cuts[c].Exits.Contains(e))
                    yield return new Partition(
                        e, c, false, times.Cuts[c].Head, times.Cuts[c].Tails[e], memory[c], Sum(heads[c]), Sum(whole, heads[c]));
            }
        }
    }

    public static IEnumerable<ProfiledNode> Nodes(
        GraphView graph, IReadOnlyDictionary<string, TensorInfo> tensors, IReadOnlyList<double> layers)
    {
        for (var i = 0; i < graph.Nodes.Count; i++)
        {
            if (graph.IsConstantNode(i))
                continue;
            var made = graph.Writes(i).Where(t => tensors.TryGetValue(t, out var info) && info.Bytes > 0)
                .Select(t => tensors[t].ToCutTensor(t) with { Shape = null }).ToList();
            yield return new ProfiledNode(
                graph.NameOf(i), graph.Nodes[i].OpType, layers[i], made.Sum(t => t.Bytes),
                [.. graph.Reads(i).Where(t => !graph.IsConstant(t))], made);
        }
    }
}

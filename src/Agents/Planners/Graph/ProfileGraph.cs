using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;

namespace RlOffload.Agents.Planners;

/// <summary>
/// The graph of a profile up to its deepest exit, and where the plans of a table lie in it. Layers between two neighbouring cuts share the time measured between these cuts, by
/// their own measured times, so that every cut of the table has the measured head and tail. Where the profile has no layers, or these do not lead to each cut, its
/// pieces between neighbouring cuts are a chain of layers.
/// </summary>
internal sealed class ProfileGraph
{
    private readonly CostModel _model;
    private readonly SplitChain _chain;
    private readonly int _bits;

    /// <param name="bits">Width of the numbers sent.</param>
    public ProfileGraph(CostModel model, int bits)
    {
        (_model, _bits, _chain) = (model, bits, new SplitChain(model.Table, bits));
        var profile = model.Table.Profile;
        var deepest = profile.Exits.Count - 1;
        Partition[] partitions = [.. profile.Partitions.Where(p => p.Exit == deepest).OrderBy(p => p.Local).ThenBy(p => p.Cut)];
        (Graph, var prefixes) = ByLayers(partitions) ?? ByPieces(partitions);
        Prefixes = [.. _chain.All.Where(p => prefixes.ContainsKey(model.Table.Plans[p].Cut))
            .Select(p => (p, prefixes[model.Table.Plans[p].Cut])).OrderBy(p => p.Item2)];
    }

    public LayerGraph Graph { get; }

    /// <summary>The plans that send the input, an inner cut or nothing, and how many of the first layers each keeps on the device; rising.</summary>
    public IReadOnlyList<(int Plan, int Layers)> Prefixes { get; }

    private (LayerGraph, Dictionary<int, int>)? ByLayers(Partition[] partitions)
    {
        var profile = _model.Table.Profile;
        var exit = profile.Exits[^1].AllOutputs;
        var maker = new Dictionary<string, ProfiledNode>();
        foreach (var node in profile.Nodes)
            foreach (var output in node.Outputs)
                maker[output.Name] = node;
        if (exit.Any(o => !maker.ContainsKey(o)))
            return null;
        var needed = Before(maker, exit);
        // Each measured prefix in turn; what lies between two of them shares the time between them.
        var order = new List<ProfiledNode>();
        var layers = new List<GraphLayer>();
        var prefixes = new Dictionary<int, int> { [0] = 0 };
        var last = partitions[0];
        foreach (var partition in partitions[1..])
        {
            var tensors = profile.Cuts[partition.Cut].Tensors.Select(t => t.Name).ToArray();
            if (tensors.Any(t => !maker.ContainsKey(t)))
                return null;
            var head = Before(maker, tensors);
            if (!order.TrueForAll(head.Contains))
                return null;
            ProfiledNode[] block = [.. profile.Nodes.Where(n => head.Contains(n) && !order.Contains(n))];
            if (block.Any(n => !needed.Contains(n)))
                return null;
            if (block.Length > 0)
            {
                var all = block.Sum(n => n.Ms);
                double Share(ProfiledNode n) => all > 0 ? n.Ms / all : 1.0 / block.Length;
                layers.AddRange(block.Select(n => Layer(Share(n), last, partition)));
                order.AddRange(block);
                last = partition;
            }
            prefixes[partition.Cut] = order.Count;
        }
        var place = order.Select((n, i) => (n, i)).ToDictionary(p => p.n, p => p.i);
        if (order.Count != needed.Count || order.Any(n => n.Inputs.Any(t => maker.TryGetValue(t, out var m) && place[m] >= place[n])) || place[maker[exit[^1]]] != order.Count - 1)
            return null;
        int[] Readers(string tensor) => [.. order.Where(n => n.Inputs.Contains(tensor)).Select(n => place[n])];
        var tensorsRead = order.SelectMany((n, i) => n.Outputs.Select(o => new GraphTensor(i, Readers(o.Name), Bytes(o.Elements), Pack(o.Elements))));
        var input = Readers(profile.Model.Input);
        return (new LayerGraph(layers, [.. tensorsRead.Prepend(new GraphTensor(-1, input, InputBytes)).Where(t => t.Readers.Count > 0)], Header), prefixes);
    }

    private (LayerGraph, Dictionary<int, int>) ByPieces(Partition[] partitions)
    {
        var cuts = _model.Table.Profile.Cuts;
        GraphTensor[] tensors = [.. partitions[..^1].Select((p, i) =>
            i == 0 ? new GraphTensor(-1, [0], InputBytes) : new GraphTensor(i - 1, [i], Bytes(cuts[p.Cut].Elements), Pack(cuts[p.Cut].Elements)))];
        var layers = partitions.Zip(partitions.Skip(1), (from, to) => Layer(1, from, to)).ToArray();
        return (new LayerGraph(layers, tensors, Header), partitions.Select((p, i) => (p.Cut, i)).ToDictionary(p => p.Cut, p => p.i));
    }

    private static HashSet<ProfiledNode> Before(Dictionary<string, ProfiledNode> maker, IEnumerable<string> tensors)
    {
        var nodes = new HashSet<ProfiledNode>(ReferenceEqualityComparer.Instance);
        var open = new Stack<string>(tensors);
        while (open.TryPop(out var tensor))
            if (maker.TryGetValue(tensor, out var node) && nodes.Add(node))
                foreach (var input in node.Inputs)
                    open.Push(input);
        return nodes;
    }

    private GraphLayer Layer(double share, Partition from, Partition to) => new(
        share * (to.HeadMs.Median - from.HeadMs.Median) / 1000 * _model.Scenario.Device.TimeFactor,
        share * (from.OnServerMs.Median - to.OnServerMs.Median) / 1000 * _model.Scenario.Server.TimeFactor);

    private double Header => _model.Scenario.Uplink.HeaderBytes;

    /// <summary>The input in the scenario's encoding; where the table cannot send it, it does not leave the device.</summary>
    private double InputBytes => _chain.Remote >= 0 ? _model.Table[_chain.Remote].Bytes - Header : double.PositiveInfinity;

    private double Bytes(long elements) => Math.Ceiling(elements * _bits / 8.0);

    private double Pack(long elements) => elements * _model.Scenario.Device.PackSecondsPerElement;
}

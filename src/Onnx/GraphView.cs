using RlOffload.Onnx.Proto;

namespace RlOffload.Onnx;

/// <summary>
/// The graph of a model as a flow of data: nodes in one fixed topological order (the file's order where that is already one), who makes
/// and who reads each tensor, and which tensors are constant, that is computed from weights alone.
/// </summary>
public sealed class GraphView
{
    // Outputs of these differ from run to run, so they are no constants even where all inputs are.
    private static readonly HashSet<string> Random =
        ["RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Multinomial", "Bernoulli"];

    private readonly Dictionary<string, int> _producer = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<int>> _consumers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _constants = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<string>[] _reads;
    private readonly bool[] _constantNode;

    /// <exception cref="InvalidDataException">A tensor is made twice, read but never made, or depends on itself.</exception>
    public GraphView(OnnxModel model)
    {
        Model = model;
        var graph = model.Proto.Graph;
        foreach (var twice in graph.Initializer.Select(t => t.Name).Concat(graph.SparseInitializer.Select(t => t.Values?.Name ?? ""))
            .GroupBy(n => n, StringComparer.Ordinal).Where(g => g.Count() > 1 || g.Key.Length == 0))
            throw new InvalidDataException($"{model.Source}:graph.initializer '{twice.Key}': each weight needs one name of its own");
        Initialisers = graph.Initializer.ToDictionary(t => t.Name, StringComparer.Ordinal);
        SparseInitialisers = graph.SparseInitializer.ToDictionary(t => t.Values.Name, StringComparer.Ordinal);
        // Before ir_version 4 initialisers had to be listed as inputs too, and still may be; they are not fed by the caller.
        Inputs = [.. graph.Input.Where(v => !IsInitialiser(v.Name))];
        Nodes = Sort(model);
        _reads = [.. Nodes.Select(Subgraphs.Reads)];
        _constantNode = new bool[Nodes.Count];
        _constants.UnionWith(Initialisers.Keys);
        _constants.UnionWith(SparseInitialisers.Keys);
        for (var i = 0; i < Nodes.Count; i++)
        {
            foreach (var output in Nodes[i].Output.Where(o => o.Length > 0))
                _producer.Add(output, i);
            foreach (var read in _reads[i])
                (_consumers.TryGetValue(read, out var list) ? list : _consumers[read] = []).Add(i);
            _constantNode[i] = !Random.Contains(Nodes[i].OpType) && _reads[i].All(_constants.Contains);
            if (_constantNode[i])
                _constants.UnionWith(Nodes[i].Output.Where(o => o.Length > 0));
        }
        var fed = Inputs.Select(v => v.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var output in graph.Output)
            if (!_producer.ContainsKey(output.Name) && !IsInitialiser(output.Name) && !fed.Contains(output.Name))
                throw new InvalidDataException($"{model.Source}:graph.output '{output.Name}': no node makes it");
    }

    public OnnxModel Model { get; }

    /// <summary>In topological order; an index into this list is a node's number everywhere in this library.</summary>
    public IReadOnlyList<NodeProto> Nodes { get; }

    /// <summary>What a caller feeds: the graph's inputs without initialisers.</summary>
    public IReadOnlyList<ValueInfoProto> Inputs { get; }

    public IReadOnlyList<ValueInfoProto> Outputs => Model.Proto.Graph.Output;

    public IReadOnlyDictionary<string, TensorProto> Initialisers { get; }

    public IReadOnlyDictionary<string, SparseTensorProto> SparseInitialisers { get; }

    public bool IsInitialiser(string tensor) => Initialisers.ContainsKey(tensor) || SparseInitialisers.ContainsKey(tensor);

    /// <summary>The node that makes the tensor, -1 for inputs and initialisers.</summary>
    public int Producer(string tensor) => _producer.GetValueOrDefault(tensor, -1);

    public IReadOnlyList<int> Consumers(string tensor) => _consumers.TryGetValue(tensor, out var list) ? list : [];

    /// <summary>All tensors that the node reads, each once, captures of its subgraphs included.</summary>
    public IReadOnlyList<string> Reads(int node) => _reads[node];

    public IEnumerable<string> Writes(int node) => Nodes[node].Output.Where(o => o.Length > 0);

    /// <summary>Initialisers and everything computed from them alone: known before any input arrives, so never sent.</summary>
    public bool IsConstant(string tensor) => _constants.Contains(tensor);

    public bool IsConstantNode(int node) => _constantNode[node];

    /// <summary>The node's own name, or the first tensor it makes where it has none.</summary>
    public string NameOf(int node) => Nodes[node].Name.Length > 0 ? Nodes[node].Name : Writes(node).FirstOrDefault(Nodes[node].OpType);

    /// <summary>Marks the nodes needed to compute the tensors, going backward and not beyond <paramref name="given"/>.</summary>
    public bool[] Ancestors(IEnumerable<string> tensors, IReadOnlySet<string>? given = null)
    {
        var needed = new bool[Nodes.Count];
        var open = new Stack<string>(tensors);
        while (open.TryPop(out var tensor))
        {
            if (given?.Contains(tensor) == true || !_producer.TryGetValue(tensor, out var node) || needed[node])
                continue;
            needed[node] = true;
            foreach (var read in _reads[node])
                open.Push(read);
        }
        return needed;
    }

    /// <summary>Kahn's algorithm, always taking the ready node that comes first in the file.</summary>
    private List<NodeProto> Sort(OnnxModel model)
    {
        var nodes = model.Proto.Graph.Node;
        var makers = new Dictionary<string, int>(StringComparer.Ordinal);
        var known = Initialisers.Keys.Concat(SparseInitialisers.Keys).Concat(Inputs.Select(v => v.Name)).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < nodes.Count; i++)
            foreach (var output in nodes[i].Output.Where(o => o.Length > 0))
                if (known.Contains(output) || !makers.TryAdd(output, i))
                    throw new InvalidDataException($"{model.Source}:graph.node[{i}].output: '{output}' is made twice, allowed is once");
        var waits = new int[nodes.Count];
        var followers = new List<int>[nodes.Count];
        for (var i = 0; i < nodes.Count; i++)
            followers[i] = [];
        var ready = new PriorityQueue<int, int>();
        for (var i = 0; i < nodes.Count; i++)
        {
            var before = new HashSet<int>();
            foreach (var read in Subgraphs.Reads(nodes[i]))
                if (makers.TryGetValue(read, out var maker))
                    before.Add(maker);
                else if (!known.Contains(read))
                    throw new InvalidDataException($"{model.Source}:graph.node[{i}].input: '{read}' is made by no node, input or initialiser");
            waits[i] = before.Count;
            foreach (var maker in before)
                followers[maker].Add(i);
            if (before.Count == 0)
                ready.Enqueue(i, i);
        }
        var order = new List<NodeProto>(nodes.Count);
        while (ready.TryDequeue(out var i, out _))
        {
            order.Add(nodes[i]);
            foreach (var next in followers[i])
                if (--waits[next] == 0)
                    ready.Enqueue(next, next);
        }
        var stuck = Array.FindIndex(waits, w => w > 0);
        return stuck < 0 ? order
            : throw new InvalidDataException($"{model.Source}:graph.node[{stuck}] '{nodes[stuck].Name}': depends on its own output");
    }
}

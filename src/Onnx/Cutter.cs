using RlOffload.Onnx.Proto;

namespace RlOffload.Onnx;

/// <summary>Takes parts of a model out as models of their own. Weights are shared with the original, not copied, until written.</summary>
public sealed class Cutter
{
    private readonly ModelProto _shell;

    public Cutter(GraphView graph)
    {
        Graph = graph;
        // Everything around the nodes (opsets, functions, metadata, unknown fields) goes into each part as it is.
        var empty = new GraphProto { Name = graph.Model.Proto.Graph.Name };
        _shell = new ModelProto(graph.Model.Proto) { Graph = empty };
    }

    public GraphView Graph { get; }

    /// <summary>The nodes and weights that compute <paramref name="outputs"/> from <paramref name="inputs"/>.</summary>
    /// <param name="inputs">Tensors to be fed, with their types; those that turn out not to be needed are left out.</param>
    /// <param name="outputs">Names of tensors made by a node behind the inputs; types may be left to the runtime.</param>
    /// <exception cref="InvalidDataException">An output is not computed from these inputs, or a needed model input is not among them.</exception>
    public OnnxModel Extract(IReadOnlyList<ValueInfoProto> inputs, IReadOnlyList<string> outputs, string name)
    {
        var source = $"{Graph.Model.Source} ({name})";
        var given = inputs.Select(v => v.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var output in outputs)
            if (Graph.Producer(output) < 0 || given.Contains(output))
                throw new InvalidDataException($"{source}:output '{output}': no node behind the inputs makes it");
        var needed = Graph.Ancestors(outputs, given);
        var part = new GraphProto { Name = _shell.Graph.Name };
        var reads = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < needed.Length; i++)
            if (needed[i])
            {
                part.Node.Add(Graph.Nodes[i]);
                reads.UnionWith(Graph.Reads(i));
            }
        part.Input.Add(inputs.Where(v => reads.Contains(v.Name)));
        foreach (var missing in Graph.Inputs.Where(v => reads.Contains(v.Name) && !given.Contains(v.Name)))
            throw new InvalidDataException($"{source}:input '{missing.Name}': is needed but is not among the inputs {string.Join(", ", given)}");

        var original = Graph.Model.Proto.Graph;
        part.Initializer.Add(original.Initializer.Where(t => reads.Contains(t.Name) && !given.Contains(t.Name)));
        part.SparseInitializer.Add(original.SparseInitializer.Where(t => reads.Contains(t.Values.Name) && !given.Contains(t.Values.Name)));
        if (_shell.IrVersion < 4)
            foreach (var weight in part.Initializer)
                part.Input.Add(original.Input.FirstOrDefault(v => v.Name == weight.Name) ?? TensorTypes.Of(weight));
        foreach (var output in outputs)
            part.Output.Add(original.Output.FirstOrDefault(v => v.Name == output) ?? new ValueInfoProto { Name = output });
        return new OnnxModel(new ModelProto(_shell) { Graph = part }, source);
    }
}

using RlOffload.Onnx.Proto;

namespace RlOffload.Onnx;

/// <summary>The graphs inside a node (bodies of If, Loop, Scan) and the tensors that they take from the graph around them.</summary>
internal static class Subgraphs
{
    public static IEnumerable<GraphProto> Of(AttributeProto attribute) =>
        attribute.G is null ? attribute.Graphs : attribute.Graphs.Prepend(attribute.G);

    /// <summary>Everything a node reads, each tensor once: its inputs, then what its subgraphs capture.</summary>
    public static IReadOnlyList<string> Reads(NodeProto node)
    {
        var reads = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in node.Input.Concat(node.Attribute.SelectMany(Of).SelectMany(Captures)))
            if (name.Length > 0 && seen.Add(name))
                reads.Add(name);
        return reads;
    }

    private static IEnumerable<string> Captures(GraphProto body)
    {
        var own = new HashSet<string>(StringComparer.Ordinal);
        own.UnionWith(body.Input.Select(v => v.Name));
        own.UnionWith(body.Initializer.Select(t => t.Name));
        own.UnionWith(body.SparseInitializer.Select(t => t.Values?.Name ?? ""));
        own.UnionWith(body.Node.SelectMany(n => n.Output));
        return body.Node.SelectMany(Reads).Concat(body.Output.Select(v => v.Name)).Where(name => !own.Contains(name));
    }
}

using Google.Protobuf.Collections;
using RlOffload.Onnx.Proto;
using DataType = RlOffload.Onnx.Proto.TensorProto.Types.DataType;

namespace RlOffload.Onnx;

/// <summary>
/// What a model may hold. Checked before anything native sees it: counts and depths, names, that a tensor has as many numbers as its dimensions say, that
/// functions do not call each other in a circle, and that no weights are left in other files.
/// </summary>
public static class ModelBounds
{
    /// <summary>Nodes, those of inner graphs and of functions included.</summary>
    public const int MostNodes = 1 << 18;

    /// <summary>Graphs within nodes of graphs within nodes, and so on.</summary>
    public const int MostDepth = 16;

    public const int MostFunctions = 1 << 12;

    public const int MostDimensions = 32;

    /// <summary>Characters of a name.</summary>
    public const int MostName = 1 << 12;

    /// <summary>Outputs of a graph: each may be an exit.</summary>
    public const int MostOutputs = 1 << 12;

    /// <summary>Of a tensor, and of all weights beside the model: what one protobuf message can hold.</summary>
    public const long MostBytes = int.MaxValue;

    /// <summary>Bytes of a sparse tensor once its zeros are written out, as runtimes do.</summary>
    public const long MostDense = 1L << 28;

    /// <exception cref="InvalidDataException">Names the first part that is beyond these bounds, and what is allowed.</exception>
    internal static void Check(OnnxModel model) => new Walk(model.Source).Model(model.Proto);

    /// <summary>All tensors of a model: weights, and those in attributes, at any depth.</summary>
    internal static IEnumerable<TensorProto> TensorsOf(ModelProto model) =>
        TensorsOf(model.Graph).Concat(model.Functions.SelectMany(f => f.Node.SelectMany(n => n.Attribute).Concat(f.AttributeProto)).SelectMany(TensorsOf));

    private static IEnumerable<TensorProto> TensorsOf(GraphProto graph) =>
        graph.Initializer.Concat(graph.SparseInitializer.SelectMany(TensorsOf)).Concat(graph.Node.SelectMany(n => n.Attribute).SelectMany(TensorsOf));

    private static IEnumerable<TensorProto> TensorsOf(AttributeProto attribute)
    {
        IEnumerable<SparseTensorProto> sparse = attribute.SparseTensor is { } one ? attribute.SparseTensors.Prepend(one) : attribute.SparseTensors;
        return (attribute.T is { } t ? attribute.Tensors.Prepend(t) : attribute.Tensors).Concat(sparse.SelectMany(TensorsOf)).Concat(Subgraphs.Of(attribute).SelectMany(TensorsOf));
    }

    private static IEnumerable<TensorProto> TensorsOf(SparseTensorProto sparse) => new[] { sparse.Values, sparse.Indices }.OfType<TensorProto>();

    /// <summary>Bytes that a tensor's type and dimensions ask for; 0 for texts, whose length they do not say.</summary>
    /// <exception cref="InvalidDataException">They are none that a tensor can have.</exception>
    internal static long BytesOf(TensorProto tensor, string source)
    {
        var bits = BitsOf(tensor.DataType);
        if (bits < 0)
            throw new InvalidDataException($"{source}:data_type of tensor '{Short(tensor.Name)}': is {tensor.DataType}, allowed is 1 to 23");
        return (Elements(tensor.Dims, bits, MostBytes, $"{source}:dims of tensor '{Short(tensor.Name)}'") * bits + 7) / 8;
    }

    private static long Elements(RepeatedField<long> dims, int bits, long mostBytes, string where)
    {
        if (dims.Count > MostDimensions)
            throw new InvalidDataException($"{where}: are {dims.Count}, allowed are {MostDimensions} or fewer");
        var elements = 1L;
        foreach (var size in dims)
        {
            if (size < 0)
                throw new InvalidDataException($"{where}: hold {size}, allowed is 0 or more");
            // What was multiplied so far is at most 2^34, the bits of 2 GiB: in double width it cannot overflow.
            elements = (long)Int128.Min((Int128)elements * size, long.MaxValue);
            if (elements > mostBytes * 8 / Math.Max(1, bits))
                throw new InvalidDataException($"{where}: are {string.Join('x', dims)}, allowed are {mostBytes} bytes");
        }
        return elements;
    }

    /// <summary>Bits of one number of a type, by its number in the format; 0 for texts, -1 for what is no type.</summary>
    private static int BitsOf(int type) => type switch
    {
        >= 17 and <= 20 => 8, // the kinds of float8
        >= 21 and <= 23 => 4, // uint4, int4, float4
        (int)DataType.String => 0,
        _ => TensorTypes.ElementBytes((DataType)type) is > 0 and var bytes ? 8 * bytes : -1,
    };

    private static string Short(string name) => name.Length <= 60 ? name : name[..60] + "...";

    private sealed class Walk(string source)
    {
        private int _nodes;

        public void Model(ModelProto model)
        {
            Graph(model.Graph, 0);
            if (model.Functions.Count > MostFunctions)
                throw Beyond("functions", $"are {model.Functions.Count}, allowed are {MostFunctions}");
            foreach (var function in model.Functions)
            {
                Names(function.Input.Concat(function.Output).Append(function.Name).Append(function.Domain), "functions");
                foreach (var node in function.Node)
                    Node(node, 0);
                foreach (var attribute in function.AttributeProto)
                    Attribute(attribute, 0);
            }
            Circles(model.Functions);
        }

        private void Graph(GraphProto graph, int depth)
        {
            if (depth > MostDepth)
                throw Beyond("graph", $"has graphs in graphs {depth} deep, allowed are {MostDepth}");
            if (graph.Output.Count > MostOutputs)
                throw Beyond("graph.output", $"are {graph.Output.Count}, allowed are {MostOutputs}");
            foreach (var node in graph.Node)
                Node(node, depth);
            foreach (var tensor in graph.Initializer)
                Tensor(tensor);
            foreach (var sparse in graph.SparseInitializer)
                Sparse(sparse);
            foreach (var value in graph.Input.Concat(graph.Output).Concat(graph.ValueInfo))
            {
                Names([value.Name], "graph.value_info");
                if (value.Type?.TensorType?.Shape is { } shape && shape.Dim.Count > MostDimensions)
                    throw Beyond($"shape of '{Short(value.Name)}'", $"has {shape.Dim.Count} dimensions, allowed are {MostDimensions}");
            }
        }

        private void Node(NodeProto node, int depth)
        {
            if (++_nodes > MostNodes)
                throw Beyond("graph.node", $"are more than {MostNodes}, allowed are so many, inner graphs and functions included");
            Names(node.Input.Concat(node.Output).Append(node.Name).Append(node.OpType).Append(node.Domain), "graph.node");
            foreach (var attribute in node.Attribute)
                Attribute(attribute, depth);
        }

        private void Attribute(AttributeProto attribute, int depth)
        {
            Names([attribute.Name], "graph.node.attribute");
            if (attribute.T is not null)
                Tensor(attribute.T);
            foreach (var tensor in attribute.Tensors)
                Tensor(tensor);
            if (attribute.SparseTensor is not null)
                Sparse(attribute.SparseTensor);
            foreach (var sparse in attribute.SparseTensors)
                Sparse(sparse);
            foreach (var graph in Subgraphs.Of(attribute))
                Graph(graph, depth + 1);
        }

        private void Sparse(SparseTensorProto sparse)
        {
            if (sparse.Values is null || sparse.Indices is null)
                throw Beyond("sparse_initializer", "lacks values or indices, both are needed");
            Tensor(sparse.Values);
            Tensor(sparse.Indices);
            Elements(sparse.Dims, BitsOf(sparse.Values.DataType), MostDense, $"{source}:dims of sparse tensor '{Short(sparse.Values.Name)}'");
        }

        /// <summary>As many numbers as the dimensions say, in the field that is theirs.</summary>
        private void Tensor(TensorProto tensor)
        {
            Names([tensor.Name], "graph.initializer");
            var where = $"tensor '{Short(tensor.Name)}'";
            if (tensor.DataLocation == TensorProto.Types.DataLocation.External)
                throw Beyond($"data_location of {where}", "is external, allowed are weights in the model itself where it is not a file");
            var bytes = BytesOf(tensor, source);
            if (tensor.RawData.Length > 0)
            {
                if (tensor.DataType == (int)DataType.String || tensor.RawData.Length != bytes)
                    throw Beyond($"raw_data of {where}", $"is {tensor.RawData.Length} bytes, allowed are {bytes}, which its type and dimensions ask for");
                return;
            }
            var elements = Elements(tensor.Dims, 1, MostBytes, $"{source}:dims of {where}");
            var (held, needed) = (DataType)tensor.DataType switch
            {
                DataType.Float => (tensor.FloatData.Count, elements),
                DataType.Complex64 => (tensor.FloatData.Count, 2 * elements),
                DataType.Double => (tensor.DoubleData.Count, elements),
                DataType.Complex128 => (tensor.DoubleData.Count, 2 * elements),
                DataType.Int64 => (tensor.Int64Data.Count, elements),
                DataType.Uint32 or DataType.Uint64 => (tensor.Uint64Data.Count, elements),
                DataType.String => (tensor.StringData.Count, elements),
                _ when BitsOf(tensor.DataType) == 4 => (tensor.Int32Data.Count, (elements + 1) / 2),
                _ => (tensor.Int32Data.Count, elements),
            };
            if (held != needed)
                throw Beyond($"data of {where}", $"are {held} numbers, allowed are {needed}, which its type and dimensions ask for");
        }

        private void Names(IEnumerable<string> names, string where)
        {
            foreach (var name in names)
                if (name.Length > MostName)
                    throw Beyond(where, $"has the name '{Short(name)}' of {name.Length} characters, allowed are {MostName}");
        }

        /// <summary>A runtime writes a function's nodes out where it is called: one that calls itself would never end.</summary>
        private void Circles(RepeatedField<FunctionProto> functions)
        {
            var calls = new Dictionary<(string, string), List<(string, string)>>();
            foreach (var function in functions)
                if (!calls.TryAdd((function.Domain, function.Name), [.. CallsOf(function.Node)]))
                    throw Beyond("functions", $"hold '{Short(function.Name)}' twice, allowed is once");
            var left = calls.ToDictionary(c => c.Key, c => c.Value.Where(calls.ContainsKey).ToHashSet());
            while (left.Where(f => !f.Value.Any(left.ContainsKey)).Select(f => f.Key).ToList() is { Count: > 0 } done)
                foreach (var name in done)
                    left.Remove(name);
            if (left.Count > 0)
                throw Beyond("functions", $"call each other in a circle, '{Short(left.Keys.First().Item2)}' among them");
        }

        private static IEnumerable<(string, string)> CallsOf(IEnumerable<NodeProto> nodes) =>
            nodes.SelectMany(n => n.Attribute.SelectMany(Subgraphs.Of).SelectMany(g => CallsOf(g.Node)).Prepend((n.Domain, n.OpType)));

        private InvalidDataException Beyond(string where, string what) => new($"{source}:{where}: {what}");
    }
}

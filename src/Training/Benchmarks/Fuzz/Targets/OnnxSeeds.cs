using Google.Protobuf;
using RlOffload.Onnx;
using RlOffload.Onnx.Proto;
using DataType = RlOffload.Onnx.Proto.TensorProto.Types.DataType;

namespace RlOffload.Training.Benchmarks.Fuzz.Targets;

/// <summary>Small valid ONNX models that together have everything the reader looks at.</summary>
internal static class OnnxSeeds
{
    private const int Weights = 48;

    /// <param name="folder">Where the models will lie: the weights that one of them keeps beside itself are written there.</param>
    public static IEnumerable<byte[]> All(string folder)
    {
        File.WriteAllBytes(Path.Combine(folder, "weights.bin"), new byte[4 * Weights + 16]);
        yield return Chain();
        yield return Branch();
        yield return External();
        yield return Sparse();
        yield return Tiny();
    }

    /// <summary>Two exits, a constant that is computed, weights in raw bytes and in numbers.</summary>
    private static byte[] Chain()
    {
        var graph = Graph("x", [1, 4]);
        graph.Initializer.Add(Raw("w", 4, 12));
        graph.Initializer.Add(new TensorProto { Name = "shape", DataType = (int)DataType.Int64, Dims = { 2 }, Int64Data = { 1, 12 } });
        Node(graph, "MatMul", ["x", "w"], "a");
        Node(graph, "Constant", [], "half", new AttributeProto { Name = "value", Type = AttributeProto.Types.AttributeType.Tensor, T = Numbers("", 1) });
        Node(graph, "Mul", ["a", "half"], "b");
        Node(graph, "Relu", ["b"], "c");
        Node(graph, "Reshape", ["c", "shape"], "d");
        Node(graph, "Softmax", ["d"], "y", new AttributeProto { Name = "axis", Type = AttributeProto.Types.AttributeType.Int, I = 1 });
        graph.Output.Add(TensorTypes.Info("c", DataType.Float, [1, 12]));
        graph.Output.Add(TensorTypes.Info("y", DataType.Float, [1, 12]));
        graph.ValueInfo.Add(TensorTypes.Info("a", DataType.Float, [1, -1]));
        return Bytes(graph);
    }

    /// <summary>Graphs within a node, which take tensors from around them.</summary>
    private static byte[] Branch()
    {
        var graph = Graph("x", [1, 4]);
        graph.Initializer.Add(new TensorProto { Name = "yes", DataType = (int)DataType.Bool, Int32Data = { 1 } });
        AttributeProto Body(string name, string op)
        {
            var body = new GraphProto { Name = name };
            body.Initializer.Add(Numbers($"{name}.n", 1));
            body.Node.Add(new NodeProto { OpType = op, Input = { "x", $"{name}.n" }, Output = { $"{name}.y" } });
            body.Output.Add(TensorTypes.Info($"{name}.y", DataType.Float, [1, 4]));
            return new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Graph, G = body };
        }
        Node(graph, "If", ["yes"], "y", Body("then_branch", "Add"), Body("else_branch", "Mul"));
        graph.Output.Add(TensorTypes.Info("y", DataType.Float, [1, 4]));
        return Bytes(graph);
    }

    private static byte[] External()
    {
        var graph = Graph("x", [1, 4]);
        var outside = new TensorProto { Name = "w", DataType = (int)DataType.Float, Dims = { 4, 12 }, DataLocation = TensorProto.Types.DataLocation.External };
        foreach (var (key, value) in new[] { ("location", "weights.bin"), ("offset", "16"), ("length", "192") })
            outside.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });
        graph.Initializer.Add(outside);
        Node(graph, "MatMul", ["x", "w"], "y");
        graph.Output.Add(TensorTypes.Info("y", DataType.Float, [1, 12]));
        return Bytes(graph);
    }

    private static byte[] Sparse()
    {
        var graph = Graph("x", [1, 4]);
        graph.SparseInitializer.Add(new SparseTensorProto
        {
            Values = Numbers("w", 2), Indices = new TensorProto { DataType = (int)DataType.Int64, Dims = { 2 }, Int64Data = { 0, 5 } }, Dims = { 4, 4 },
        });
        Node(graph, "MatMul", ["x", "w"], "y");
        graph.Output.Add(TensorTypes.Info("y", DataType.Float, [1, 4]));
        return Bytes(graph);
    }

    /// <summary>A convolution with its attributes, and an older file that lists its weights as inputs.</summary>
    private static byte[] Tiny()
    {
        var graph = Graph("x", [1, 1, 4, 4]);
        graph.Input.Add(TensorTypes.Info("k", DataType.Float, [2, 1, 3, 3]));
        var kernel = Numbers("k", 18);
        kernel.Dims.Clear();
        kernel.Dims.Add([2, 1, 3, 3]);
        graph.Initializer.Add(kernel);
        Node(graph, "Conv", ["x", "k"], "a", Ints("pads", 1, 1, 1, 1), Ints("strides", 2, 2));
        Node(graph, "MaxPool", ["a"], "b", Ints("kernel_shape", 2, 2));
        Node(graph, "Flatten", ["b"], "y");
        graph.Output.Add(TensorTypes.Info("y", DataType.Float, [1, 2]));
        return Bytes(graph, irVersion: 3);
    }

    private static GraphProto Graph(string input, long[] shape)
    {
        var graph = new GraphProto { Name = "seed" };
        graph.Input.Add(TensorTypes.Info(input, DataType.Float, shape));
        return graph;
    }

    private static void Node(GraphProto graph, string op, string[] inputs, string output, params AttributeProto[] attributes)
    {
        var node = new NodeProto { Name = $"{output}.{op}", OpType = op, Output = { output } };
        node.Input.Add(inputs);
        node.Attribute.Add(attributes);
        graph.Node.Add(node);
    }

    private static TensorProto Numbers(string name, int count)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)DataType.Float, Dims = { count } };
        tensor.FloatData.Add(Enumerable.Range(0, count).Select(i => 0.5f + i));
        return tensor;
    }

    private static TensorProto Raw(string name, int rows, int columns) =>
        new() { Name = name, DataType = (int)DataType.Float, Dims = { rows, columns }, RawData = ByteString.CopyFrom(new byte[4 * rows * columns]) };

    private static AttributeProto Ints(string name, params long[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.Add(values);
        return attribute;
    }

    private static byte[] Bytes(GraphProto graph, int irVersion = 8)
    {
        var model = new ModelProto { IrVersion = irVersion, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 });
        return new OnnxModel(model, "seed").ToBytes();
    }
}

using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Partitions;
using RlOffload.Onnx;
using RlOffload.Onnx.Proto;
using DataType = RlOffload.Onnx.Proto.TensorProto.Types.DataType;

namespace RlOffload.Training.Benchmarks.Serving;

/// <summary>
/// A network whose tails are as small as the classic one for MNIST (two 5x5 convolutions and a product, 1.0 million multiply-adds) behind tensors of 100 KiB and
/// of 4 KiB, with random weights. Its profile names its cuts; the times in it are not measured and nothing here reads them.
/// </summary>
public static class SmallNetwork
{
    /// <summary>25 x 32 x 32 float32, 100 KiB.</summary>
    public const int LargeCut = 1;

    /// <summary>32 x 32 float32, 4 KiB.</summary>
    public const int SmallCut = 2;

    private const int Channels = 25;
    private const int Side = 32;
    private const int Classes = 10;

    /// <summary>Writes network.onnx and network.profile.json to a folder.</summary>
    /// <returns>The path of the network.</returns>
    public static string Write(string folder)
    {
        var path = Path.Combine(folder, "network.onnx");
        var rng = new Rng(1);
        var graph = new GraphProto { Name = "small" };
        graph.Input.Add(TensorTypes.Info("frame", DataType.Float, [1, 1, Side, Side]));
        Conv(graph, ref rng, "frame", "large", 1, Channels, 3);
        Conv(graph, ref rng, "large", "small", Channels, 1, 1);
        Conv(graph, ref rng, "small", "a", 1, 8, 5);
        Pool(graph, "a", 2);
        Conv(graph, ref rng, "a.pool", "b", 8, 16, 5);
        Pool(graph, "b", 3);
        graph.Node.Add(new NodeProto { OpType = "Flatten", Input = { "b.pool" }, Output = { "flat" } });
        Weights(graph, ref rng, "class.w", [16 * 5 * 5, Classes]);
        graph.Node.Add(new NodeProto { OpType = "Gemm", Input = { "flat", "class.w" }, Output = { "class" } });
        graph.Output.Add(TensorTypes.Info("class", DataType.Float, [1, Classes]));
        var model = new ModelProto { IrVersion = 8, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 });
        new OnnxModel(model, path).Save(path);
        ProfileFile.Write(Profile(path), Path.ChangeExtension(path, ".profile.json"));
        return path;
    }

    private static ModelProfile Profile(string path)
    {
        var one = new Duration(1, 1);
        static CutPoint Cut(int id, string tensor, params long[] shape) =>
            new(id, tensor == "frame" ? "input" : tensor, [new TensorInfo(DataType.Float, shape).ToCutTensor(tensor)]);
        return new ModelProfile
        {
            Model = new ProfiledModel("network.onnx", SplitNetwork.HashOf(path), "frame", [1, 1, Side, Side], "float"),
            Machine = new MeasuringMachine("none", "none", "none", "none", 1, "all", 1, "none"),
            Assumptions = ["The times are not measured: they only have to be there."],
            Cuts = [Cut(0, "frame", 1, 1, Side, Side), Cut(LargeCut, "large", 1, Channels, Side, Side), Cut(SmallCut, "small", 1, 1, Side, Side), Cut(3, "class", 1, Classes)],
            Exits = [new ExitBranch(0, "class")],
            Partitions =
            [
                .. Enumerable.Range(0, 3).Select(c => new Partition(0, c, false, one, one, 0)),
                new Partition(0, 3, true, one, new Duration(0, 0), 0),
            ],
            WholeMs = [one],
        };
    }

    private static void Conv(GraphProto graph, ref Rng rng, string from, string to, int channels, int filters, int kernel)
    {
        Weights(graph, ref rng, $"{to}.w", [filters, channels, kernel, kernel]);
        var conv = new NodeProto { OpType = "Conv", Input = { from, $"{to}.w" }, Output = { $"{to}.conv" } };
        conv.Attribute.Add(Ints("pads", kernel / 2, kernel / 2, kernel / 2, kernel / 2));
        graph.Node.Add(conv);
        graph.Node.Add(new NodeProto { OpType = "Relu", Input = { $"{to}.conv" }, Output = { to } });
    }

    private static void Pool(GraphProto graph, string from, int size)
    {
        var pool = new NodeProto { OpType = "MaxPool", Input = { from }, Output = { $"{from}.pool" } };
        pool.Attribute.Add(Ints("kernel_shape", size, size));
        pool.Attribute.Add(Ints("strides", size, size));
        graph.Node.Add(pool);
    }

    private static void Weights(GraphProto graph, ref Rng rng, string name, long[] shape)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)DataType.Float };
        tensor.Dims.Add(shape);
        var (count, inputs) = (shape.Aggregate(1L, (a, b) => a * b), shape.Length == 4 ? shape[1] * shape[2] * shape[3] : shape[0]);
        for (var i = 0; i < count; i++)
            tensor.FloatData.Add((float)(rng.NextGaussian() / Math.Sqrt(inputs)));
        graph.Initializer.Add(tensor);
    }

    private static AttributeProto Ints(string name, params long[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.Add(values);
        return attribute;
    }
}

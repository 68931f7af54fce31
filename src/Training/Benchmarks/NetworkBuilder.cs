using RlOffload.Environment;
using RlOffload.Onnx;
using RlOffload.Onnx.Proto;
using DataType = RlOffload.Onnx.Proto.TensorProto.Types.DataType;

namespace RlOffload.Training.Benchmarks;

/// <summary>Convolutional networks of random weights, for benches to which only the shapes matter.</summary>
internal sealed class NetworkBuilder
{
    private readonly GraphProto _graph = new() { Name = "network" };
    private Rng _rng;

    public NetworkBuilder(ulong seed, string input, long[] shape)
    {
        _rng = new Rng(seed);
        _graph.Input.Add(TensorTypes.Info(input, DataType.Float, shape));
    }

    /// <summary>Square convolution, bias and ReLU; the result is called <paramref name="to"/>.</summary>
    public NetworkBuilder Stage(string from, string to, int channels, int filters, int stride, int kernel = 3)
    {
        Weight($"{to}.w", [filters, channels, kernel, kernel], Math.Sqrt(2.0 / (kernel * kernel * channels)));
        Weight($"{to}.b", [filters], 0.01);
        var conv = new NodeProto { Name = $"{to}.conv", OpType = "Conv", Input = { from, $"{to}.w", $"{to}.b" }, Output = { $"{to}.conv" } };
        conv.Attribute.Add(Ints("strides", stride, stride));
        conv.Attribute.Add(Ints("pads", kernel / 2, kernel / 2, kernel / 2, kernel / 2));
        _graph.Node.Add(conv);
        _graph.Node.Add(new NodeProto { Name = $"{to}.relu", OpType = "Relu", Input = { $"{to}.conv" }, Output = { to } });
        return this;
    }

    /// <summary>The largest of every square of so many numbers.</summary>
    public NetworkBuilder Pool(string from, string to, int size)
    {
        var pool = new NodeProto { Name = $"{to}.pool", OpType = "MaxPool", Input = { from }, Output = { to } };
        pool.Attribute.Add(Ints("kernel_shape", size, size));
        pool.Attribute.Add(Ints("strides", size, size));
        _graph.Node.Add(pool);
        return this;
    }

    /// <summary>An output of the network: a matrix over every number of a tensor, so that no changed one goes unseen.</summary>
    public NetworkBuilder Exit(string from, string to, int elements, int classes)
    {
        Weight($"{to}.w", [elements, classes], 1 / Math.Sqrt(elements));
        _graph.Node.Add(new NodeProto { Name = $"{to}.flatten", OpType = "Flatten", Input = { from }, Output = { $"{to}.flat" } });
        _graph.Node.Add(new NodeProto { Name = $"{to}.matmul", OpType = "MatMul", Input = { $"{to}.flat", $"{to}.w" }, Output = { to } });
        _graph.Output.Add(TensorTypes.Info(to, DataType.Float, [1, classes]));
        return this;
    }

    public void Save(string path)
    {
        var model = new ModelProto { IrVersion = 8, Graph = _graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 });
        new OnnxModel(model, path).Save(path);
    }

    private void Weight(string name, long[] shape, double scale)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)DataType.Float };
        tensor.Dims.Add(shape);
        for (var i = shape.Aggregate(1L, (a, b) => a * b); i > 0; i--)
            tensor.FloatData.Add((float)(scale * _rng.NextGaussian()));
        _graph.Initializer.Add(tensor);
    }

    private static AttributeProto Ints(string name, params long[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.Add(values);
        return attribute;
    }
}

using RlOffload.Environment;
using RlOffload.Inference.Profiling;
using RlOffload.Onnx;
using RlOffload.Tests.Onnx;
using DataType = RlOffload.Onnx.Proto.TensorProto.Types.DataType;

namespace RlOffload.Tests.Inference.Profiling;

public class TensorProbeTests
{
    [Fact]
    public void EveryTensorGetsItsTypeAndShape()
    {
        var found = TensorProbe.Find(new GraphView(Graphs.Make("x", "y", "w", "a = Add x,w", "s = Shape a", "y = Reshape a,s")), null);

        Assert.Equal((DataType.Float, 4), (found["a"].Type, found["a"].Elements));
        Assert.Equal((DataType.Int64, 2), (found["s"].Type, found["s"].Elements));
        Assert.Equal(16, found["y"].Bytes);
        Assert.Equal(4, found["w"].Bytes);
    }

    [Theory]
    [InlineData(-1, 1, 32)]
    [InlineData(3, 3, 32)]
    public void AnOpenBatchIsOneAndOtherOpenSizesAreTheSmallestThatRuns(int batch, int expected, int size)
    {
        var model = Open([batch, -1], "y = Relu x");

        Assert.Equal([expected, size], TensorProbe.Find(new GraphView(model), null)["x"].Shape);
    }

    [Fact]
    public void ASizeThatDoesNotRunIsSkipped()
    {
        // Added to a weight of 48, only 48 fits.
        var model = Open([-1, -1], "y = Add x,w");
        var weight = model.Proto.Graph.Initializer.Single();
        weight.Dims[0] = 48;
        weight.FloatData.Add(Enumerable.Repeat(1f, 47));

        Assert.Equal([1, 48], TensorProbe.Find(new GraphView(model), null)["x"].Shape);
    }

    [Fact]
    public void AModelThatRunsAtNoSizeAsksForAShape()
    {
        var model = Open([-1, -1], "y = Add x,w");
        var weight = model.Proto.Graph.Initializer.Single();
        weight.Dims[0] = 7;
        weight.FloatData.Add(Enumerable.Repeat(1f, 6));

        var refusal = Assert.Throws<InputException>(() => TensorProbe.Find(new GraphView(model), null));

        Assert.StartsWith("test.onnx:graph.input: has dynamic dimensions and runs at none of 32, 48, 64, 224, 320, 640; give --shape", refusal.Message);
        Assert.Equal([2, 7], TensorProbe.Find(new GraphView(model), [2, 7])["x"].Shape);
    }

    [Theory]
    [InlineData("1,5")]
    [InlineData("1,4,4")]
    public void AShapeThatContradictsTheModelIsRefused(string shape)
    {
        var view = new GraphView(Graphs.Make("x", "y", "", "y = Relu x"));

        var refusal = Assert.Throws<InputException>(() => TensorProbe.Find(view, [.. shape.Split(',').Select(long.Parse)]));

        Assert.Equal($"test.onnx:--shape: is {shape}, but input 'x' is [1, 4]", refusal.Message);
    }

    [Fact]
    public void AnInputWithoutAShapeAsksForOne()
    {
        var model = Open(null, "y = Relu x");

        Assert.Contains("states no shape; give --shape", Assert.Throws<InputException>(() => TensorProbe.Find(new GraphView(model), null)).Message);
    }

    private static OnnxModel Open(long[]? shape, string node)
    {
        var model = Graphs.Make("x", "y", node.Contains('w') ? "w" : "", node);
        model.Proto.Graph.Input[0] = TensorTypes.Info("x", DataType.Float, shape);
        return model;
    }
}

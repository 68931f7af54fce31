using Google.Protobuf;
using RlOffload.Onnx;
using RlOffload.Onnx.Proto;
using DataType = RlOffload.Onnx.Proto.TensorProto.Types.DataType;

namespace RlOffload.Tests.Onnx;

public sealed class ModelBoundsTests
{
    private static OnnxModel Small => Graphs.Make("x", "y", "w", "y = Add x,w");

    private static string Refusal(Action<ModelProto> change)
    {
        var model = Small.Proto.Clone();
        change(model);
        var refusal = Assert.Throws<InvalidDataException>(() => OnnxModel.Parse(model.ToByteArray(), "m.onnx"));
        Assert.StartsWith("m.onnx:", refusal.Message, StringComparison.Ordinal);
        return refusal.Message;
    }

    private static string OfWeight(Action<TensorProto> change) => Refusal(m => change(m.Graph.Initializer[0]));

    [Fact]
    public void ATensorThatPromisesWhatItDoesNotHoldIsRefusedBeforeMemoryIsTaken()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("dims of tensor 'w': are 1099511627776x1, allowed are 2147483647 bytes", OfWeight(w => Set(w, 1L << 40, 1)));
        Assert.Contains("allowed are 2147483647 bytes", OfWeight(w => Set(w, long.MaxValue, long.MaxValue, 4)));
        Assert.Contains("dims of tensor 'w': hold -1", OfWeight(w => Set(w, -1)));
        Assert.Contains("are 33, allowed are 32", OfWeight(w => Set(w, [.. Enumerable.Repeat(1L, 33)])));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);

        static void Set(TensorProto tensor, params long[] dims)
        {
            tensor.Dims.Clear();
            tensor.Dims.Add(dims);
        }
    }

    [Fact]
    public void DataOfAnotherLengthOrTypeIsRefused()
    {
        Assert.Contains("data of tensor 'w': are 2 numbers, allowed are 1", OfWeight(w => w.FloatData.Add(2)));
        Assert.Contains("raw_data of tensor 'w': is 3 bytes, allowed are 4", OfWeight(w => w.RawData = ByteString.CopyFrom(1, 2, 3)));
        Assert.Contains("data_type of tensor 'w': is 99, allowed is 1 to 23", OfWeight(w => w.DataType = 99));
        Assert.Contains("are 0 numbers, allowed are 1", OfWeight(w => w.DataType = (int)DataType.Double));
    }

    [Fact]
    public void WeightsElsewhereAreRefusedWhereThereIsNoFolder() =>
        Assert.Contains("data_location of tensor 'w': is external", OfWeight(w => w.DataLocation = TensorProto.Types.DataLocation.External));

    [Fact]
    public void SparseTensorsAreBoundedByWhatTheyBecome()
    {
        static SparseTensorProto Sparse(params long[] dims)
        {
            var sparse = new SparseTensorProto
            {
                Values = new TensorProto { Name = "s", DataType = (int)DataType.Float, Dims = { 1 }, FloatData = { 1 } },
                Indices = new TensorProto { DataType = (int)DataType.Int64, Dims = { 1 }, Int64Data = { 0 } },
            };
            sparse.Dims.Add(dims);
            return sparse;
        }
        Assert.Contains("dims of sparse tensor 's'", Refusal(m => m.Graph.SparseInitializer.Add(Sparse(1 << 20, 1 << 20))));
        Assert.Contains("lacks values or indices", Refusal(m => m.Graph.SparseInitializer.Add(new SparseTensorProto())));
        Small.Proto.Graph.SparseInitializer.Add(Sparse(4, 4));
    }

    [Fact]
    public void DeepGraphsLongNamesAndManyOutputsAreRefused()
    {
        Assert.Contains("has graphs in graphs 17 deep, allowed are 16", Refusal(m => m.Graph.Node[0].Attribute.Add(Nested(17))));
        Assert.Contains("of 5000 characters, allowed are 4096", Refusal(m => m.Graph.Node[0].Name = new string('n', 5000)));
        Assert.Contains("graph.output: are 5001, allowed are 4096", Refusal(m => m.Graph.Output.Add(Enumerable.Range(0, 5000).Select(_ => new ValueInfoProto { Name = "y" }))));

        static AttributeProto Nested(int depth)
        {
            var graph = new GraphProto { Name = "g" };
            if (depth > 1)
                graph.Node.Add(new NodeProto { OpType = "If", Attribute = { Nested(depth - 1) } });
            return new AttributeProto { Name = "body", G = graph };
        }
    }

    [Fact]
    public void FunctionsThatCallEachOtherInACircleAreRefused()
    {
        static FunctionProto Function(string name, string calls) => new() { Name = name, Domain = "d", Node = { new NodeProto { OpType = calls, Domain = "d" } } };
        Assert.Contains("call each other in a circle", Refusal(m => m.Functions.Add([Function("a", "b"), Function("b", "a")])));
        Assert.Contains("hold 'a' twice", Refusal(m => m.Functions.Add([Function("a", "b"), Function("a", "c")])));
        var model = Small.Proto.Clone();
        model.Functions.Add([Function("a", "b"), Function("b", "c")]);
        Assert.Equal(2, OnnxModel.Parse(model.ToByteArray(), "m").Proto.Functions.Count);
    }
}

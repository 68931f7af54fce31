using RlOffload.Onnx;
using RlOffload.Onnx.Proto;
using DataType = RlOffload.Onnx.Proto.TensorProto.Types.DataType;

namespace RlOffload.Tests.Onnx;

/// <summary>Small models written as text: "out,out = Op in,in" a node.</summary>
internal static class Graphs
{
    /// <param name="weights">Initialisers, each one float of value 1.</param>
    public static OnnxModel Make(string input, string outputs, string weights, params string[] nodes)
    {
        var graph = new GraphProto { Name = "g" };
        graph.Input.Add(Split(input).Select(n => TensorTypes.Info(n, DataType.Float, [1, 4])));
        graph.Output.Add(Split(outputs).Select(n => TensorTypes.Info(n, DataType.Float, null)));
        graph.Initializer.Add(Split(weights).Select(n => new TensorProto { Name = n, DataType = (int)DataType.Float, Dims = { 1 }, FloatData = { 1 } }));
        graph.Node.Add(nodes.Select(Node));
        var model = new ModelProto { IrVersion = 8, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 });
        return new OnnxModel(model, "test.onnx");
    }

    public static NodeProto Node(string text)
    {
        var sides = text.Split('=');
        var right = sides[1].Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var node = new NodeProto { OpType = right[0] };
        node.Output.Add(Split(sides[0]));
        node.Input.Add(Split(right.Length > 1 ? right[1] : ""));
        return node;
    }

    private static string[] Split(string names) => names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

using System.Runtime.InteropServices;
using Google.Protobuf;
using RlOffload.Agents.Learning;
using RlOffload.Onnx;
using RlOffload.Onnx.Proto;
using DataType = RlOffload.Onnx.Proto.TensorProto.Types.DataType;

namespace RlOffload.Agents.Engine;

/// <summary>
/// A graph in the ONNX format (operator set 17, float32 only). A policy is lowered with its parameters as constants; an update with its parameters as inputs
/// and, under the name of <see cref="NextOf"/>, their new values as outputs.
/// </summary>
public sealed class OnnxLowering
{
    private const int OperatorSet = 17, IrVersion = 8;

    private readonly GraphProto _proto = new();
    private readonly Dictionary<int, string> _names = [];

    private OnnxLowering() { }

    /// <summary>The name under which the new value of a parameter leaves the graph.</summary>
    public static string NextOf(Tensor parameter) => $"{parameter.Name}.next";

    /// <param name="frozen">Parameters become constants, and nothing is updated.</param>
    public static OnnxModel Of(Graph graph, string name, bool frozen)
    {
        var lowering = new OnnxLowering();
        lowering._proto.Name = name;
        var needed = Needed(graph, frozen);
        foreach (var node in graph.Nodes.Where(n => needed.Contains(n.Id)))
            lowering._names[node.Id] = lowering.Lower(node, frozen);
        foreach (var output in graph.Outputs)
            lowering.Out(output.Name!, output);
        if (!frozen)
            foreach (var (parameter, value) in graph.Updates)
                lowering.Out(NextOf(parameter), value);
        var model = new ModelProto { IrVersion = IrVersion, ProducerName = "rloffload", Graph = lowering._proto };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = OperatorSet });
        return new OnnxModel(model, name);
    }

    private static HashSet<int> Needed(Graph graph, bool frozen)
    {
        var needed = graph.Outputs.Concat(frozen ? [] : graph.Updates.Select(u => u.Value)).Select(n => n.Id).ToHashSet();
        // What a device feeds is part of a policy's form, used or not.
        if (frozen)
            needed.UnionWith(graph.Nodes.Where(n => n.Op == Op.Input).Select(n => n.Id));
        for (var i = graph.Nodes.Count - 1; i >= 0; i--)
            if (needed.Contains(i))
                needed.UnionWith(graph.Nodes[i].Inputs.Select(n => n.Id));
        return needed;
    }

    private void Out(string name, Tensor value)
    {
        Emit("Identity", name, _names[value.Id]);
        _proto.Output.Add(TensorTypes.Info(name, DataType.Float, [value.Rows, value.Columns]));
    }

    /// <summary>Adds the nodes of one operator; the name of its value.</summary>
    private string Lower(Tensor n, bool frozen)
    {
        var name = $"v{n.Id}";
        string X(int i) => _names[n.Inputs[i].Id];
        string Do(string type, params string[] inputs) => Emit(type, $"{name}.{_proto.Node.Count}", inputs);
        string Last(string type, params string[] inputs) => Emit(type, name, inputs);
        switch (n.Op)
        {
            case Op.Parameter when frozen:
                return Constant(n.Name!, [n.Rows, n.Columns], Dense(n.Storage!.Value));
            case Op.Input or Op.Parameter:
                _proto.Input.Add(TensorTypes.Info(n.Name!, DataType.Float, [n.Rows, n.Columns]));
                return n.Name!;
            case Op.Constant:
                return Constant(name, [1, 1], [(float)n.Scalar]);
            case Op.MatMul:
                return Last("MatMul", X(0), X(1));
            case Op.MatMulNT:
                Last("Gemm", X(0), X(1));
                return Attribute(name, "transB", 1);
            case Op.MatMulTN:
                Last("Gemm", X(0), X(1));
                return Attribute(name, "transA", 1);
            case Op.Add or Op.Sub or Op.Mul or Op.Div or Op.Min or Op.Max:
                return Last(n.Op.ToString(), X(0), X(1));
            case Op.Exp or Op.Log or Op.Sqrt or Op.Relu or Op.Tanh:
                return Last(n.Op.ToString(), X(0));
            case Op.Mish:                                                          // x n / (n + 2), n = e (e + 2)
                var (_, powers) = Powers(X(0), Do);
                return Last("Mul", X(0), Do("Div", powers, Do("Add", powers, Scalar(2))));
            case Op.MishSlope:                                                     // (n + 4 x e (e + 1) / (n + 2)) / (n + 2)
                var (e, top) = Powers(X(0), Do);
                var below = Do("Add", top, Scalar(2));
                var slope = Do("Mul", Do("Mul", X(0), Scalar(4)), Do("Mul", e, Do("Add", e, Scalar(1))));
                return Last("Div", Do("Add", top, Do("Div", slope, below)), below);
            case Op.Step:
                return Attribute(Last("Cast", Do("Greater", X(0), Scalar(0))), "to", (int)DataType.Float);
            case Op.SumColumns:
                return Last("ReduceSum", X(0), Integers([1]));
            case Op.SumRows:
                return Last("ReduceSum", X(0), Integers([0]));
            case Op.MaxColumns:
                return Attribute(Last("ReduceMax", X(0)), "axes", [1]);
            case Op.LogSoftmax:
                return Attribute(Last("LogSoftmax", X(0)), "axis", 1);
            case Op.PickColumns:
                var index = Do("Reshape", Attribute(Do("Cast", X(1)), "to", (int)DataType.Int64), Integers([-1]));
                return Last("Transpose", Attribute(Do("Gather", X(0), index), "axis", 1));
            case Op.ScatterColumns:                                                // d^T onehot(index)
                var columns = Constant($"{name}.columns", [1, n.Columns], [.. Enumerable.Range(0, n.Columns).Select(i => (float)i)]);
                var one = Attribute(Do("Cast", Do("Equal", X(1), columns)), "to", (int)DataType.Float);
                return Attribute(Last("Gemm", X(0), one), "transA", 1);
            case Op.RepeatRows:
                var times = n.Rows / n.Inputs[0].Rows;
                return Attribute(Last("Gather", X(0), Integers([.. Enumerable.Range(0, n.Rows).Select(r => (long)r / times)])), "axis", 0);
            case Op.RepeatColumns:
                return Last("Expand", X(0), Integers([n.Rows, n.Columns]));
            case Op.SumGroups:
                var groups = Do("Reshape", X(0), Integers([n.Rows, n.Inputs[0].Rows / n.Rows, n.Columns]));
                return Attribute(Last("ReduceSum", groups, Integers([1])), "keepdims", 0);
            case Op.Reshape:
                return Last("Reshape", X(0), Integers([n.Rows, n.Columns]));
            case Op.Lerp or Op.AdamMean:
                return Last("Add", X(0), Do("Mul", Scalar(n.Scalar), Do("Sub", X(1), X(0))));
            case Op.AdamSquare:
                return Last("Add", X(0), Do("Mul", Scalar(n.Scalar), Do("Sub", Do("Mul", X(1), X(1)), X(0))));
            case Op.AdamStep:                                                      // p - rate m / (sqrt(v) correction + epsilon)
                var root = Do("Add", Do("Mul", Do("Sqrt", X(2)), X(4)), Scalar(n.Scalar));
                return Last("Sub", X(0), Do("Div", Do("Mul", X(3), X(1)), root));
            default:
                throw new NotSupportedException($"{n} has no ONNX form");
        }
    }

    /// <summary>e = exp(min(x, 20)) and n = e (e + 2): tanh(log(1 + e^x)) = n / (n + 2), faster than by Softplus and Tanh.</summary>
    private (string E, string N) Powers(string x, Func<string, string[], string> emit)
    {
        var e = emit("Exp", [emit("Min", [x, Scalar(20)])]);
        return (e, emit("Mul", [e, emit("Add", [e, Scalar(2)])]));
    }

    private string Emit(string type, string output, params string[] inputs)
    {
        _proto.Node.Add(new NodeProto { OpType = type, Name = output, Input = { inputs }, Output = { output } });
        return output;
    }

    private string Attribute(string node, string name, long value)
    {
        NodeOf(node).Attribute.Add(new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value });
        return node;
    }

    private string Attribute(string node, string name, long[] values)
    {
        NodeOf(node).Attribute.Add(new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { values } });
        return node;
    }

    private NodeProto NodeOf(string output) => _proto.Node.Last(node => node.Output[0] == output);

    private string Scalar(double value) => Constant(FormattableString.Invariant($"number {(float)value:R}"), [1, 1], [(float)value]);

    private string Integers(long[] values)
    {
        var name = $"integers {string.Join(' ', values)}";
        if (!_proto.Initializer.Any(i => i.Name == name))
            _proto.Initializer.Add(new TensorProto { Name = name, DataType = (int)DataType.Int64, Dims = { values.Length }, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan())) });
        return name;
    }

    private string Constant(string name, long[] shape, float[] values)
    {
        if (!_proto.Initializer.Any(i => i.Name == name))
            _proto.Initializer.Add(new TensorProto { Name = name, DataType = (int)DataType.Float, Dims = { shape }, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan())) });
        return name;
    }

    private static float[] Dense(Matrix matrix)
    {
        var values = new float[matrix.Rows * matrix.Columns];
        for (var row = 0; row < matrix.Rows; row++)
            matrix.Row(row).CopyTo(values.AsSpan(row * matrix.Columns));
        return values;
    }
}

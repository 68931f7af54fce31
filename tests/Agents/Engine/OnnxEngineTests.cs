using RlOffload.Agents.Engine;

namespace RlOffload.Tests.Agents.Engine;

public sealed class OnnxEngineTests
{
    public static TheoryData<Op, int> Cases => OperatorCases.All;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_operator_and_its_gradient_agree_with_the_built_in_engine(Op op, int number)
    {
        (Graph Graph, Tensor[] Values) Make()
        {
            var graph = new Graph();
            var y = OperatorCases.Of(op)[number](graph);
            Tensor[] values = [y];
            if (OperatorCases.IsDifferentiable(op))
                values = [y, .. Gradients.Of((y * graph.Input("weights", OperatorCases.Numbers(y.Rows, y.Columns, 99))).Sum(), [.. graph.Nodes.Where(n => n.Op == Op.Parameter)])];
            return (graph, [.. values.Select((v, i) => graph.Output($"out{i}", v))]);
        }
        var (first, second) = (Make(), Make());
        using var built = new Executor(first.Graph);
        using var onnx = new OnnxEngine(second.Graph);
        built.Run();
        onnx.Run();
        for (var i = 0; i < first.Values.Length; i++)
            AssertClose(built.Read(first.Values[i]), onnx.Read(second.Values[i]), $"{op} {first.Values[i]}");
        foreach (var (a, b) in first.Graph.Updates.Zip(second.Graph.Updates))
            AssertClose(a.Parameter.Storage!.Value, b.Parameter.Storage!.Value, $"{a.Parameter}");
    }

    private static void AssertClose(RlOffload.Agents.Learning.Matrix expected, RlOffload.Agents.Learning.Matrix found, string what)
    {
        var values = new double[expected.Rows, expected.Columns];
        for (var r = 0; r < expected.Rows; r++)
            for (var c = 0; c < expected.Columns; c++)
                values[r, c] = expected.Row(r)[c];
        ExecutorTests.AssertClose(values, found, 1e-5, what);
    }
}

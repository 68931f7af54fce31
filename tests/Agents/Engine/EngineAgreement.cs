using RlOffload.Agents.Engine;
using RlOffload.Agents.Learning;

namespace RlOffload.Tests.Agents.Engine;

/// <summary>An engine against the built-in one, operator by operator.</summary>
internal static class EngineAgreement
{
    public static void Assert(Op op, int number, Func<Graph, IEngine> other)
    {
        var (first, second) = (Make(op, number), Make(op, number));
        using var built = new Executor(first.Graph);
        using var engine = other(second.Graph);
        built.Run();
        engine.Run();
        for (var i = 0; i < first.Values.Length; i++)
            AssertClose(built.Read(first.Values[i]), engine.Read(second.Values[i]), $"{op} {first.Values[i]}");
        foreach (var (a, b) in first.Graph.Updates.Zip(second.Graph.Updates))
            AssertClose(a.Parameter.Storage!.Value, b.Parameter.Storage!.Value, $"{a.Parameter}");
    }

    /// <summary>The operator and, where it has them, its gradients.</summary>
    private static (Graph Graph, Tensor[] Values) Make(Op op, int number)
    {
        var graph = new Graph();
        var y = OperatorCases.Of(op)[number](graph);
        Tensor[] values = [y];
        if (OperatorCases.IsDifferentiable(op))
            values = [y, .. Gradients.Of((y * graph.Input("weights", OperatorCases.Numbers(y.Rows, y.Columns, 99))).Sum(), [.. graph.Nodes.Where(n => n.Op == Op.Parameter)])];
        return (graph, [.. values.Select((v, i) => graph.Output($"out{i}", v))]);
    }

    private static void AssertClose(Matrix expected, Matrix found, string what)
    {
        var values = new double[expected.Rows, expected.Columns];
        for (var r = 0; r < expected.Rows; r++)
            for (var c = 0; c < expected.Columns; c++)
                values[r, c] = expected.Row(r)[c];
        // Sums of numbers of both signs lose digits, each engine others.
        ExecutorTests.AssertClose(values, found, 5e-5, what);
    }
}

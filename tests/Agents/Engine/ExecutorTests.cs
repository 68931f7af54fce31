using RlOffload.Agents.Engine;
using RlOffload.Agents.Learning;

namespace RlOffload.Tests.Agents.Engine;

public sealed class ExecutorTests
{
    public static TheoryData<Op, int> Cases => OperatorCases.All;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_operator_agrees_with_float64(Op op, int number)
    {
        var graph = new Graph();
        var y = graph.Output("out", OperatorCases.Of(op)[number](graph));
        var referee = new DoubleEngine(graph);
        using var engine = new Executor(graph);
        engine.Run();
        referee.Run();
        AssertClose(referee[y], engine.Read(y), 2e-6, $"{op}");
        foreach (var (parameter, _) in graph.Updates)
            AssertClose(referee.Leaf(parameter), parameter.Storage!.Value, 2e-6, $"{parameter}");
    }

    [Fact]
    public void A_run_allocates_nothing()
    {
        var (graph, _) = Update();
        using var engine = new Executor(graph);
        for (var i = 0; i < 10; i++)
            engine.Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++)
            engine.Run();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Two_threads_give_the_bits_of_one()
    {
        var one = Trained(threads: 1);
        Assert.Equal(one, Trained(threads: 2));
        Assert.Equal(one, Trained(threads: 3));
    }

    [Fact]
    public void A_parameter_that_is_read_after_its_update_gives_its_old_version()
    {
        var graph = new Graph();
        var x = graph.Parameter("x", OperatorCases.Numbers(2, 3, 1));
        var old = x.Storage!.Value.Row(1)[2];
        var fresh = graph.Update(x, x + 1);
        var both = graph.Output("both", 10 * fresh + x);
        using var engine = new Executor(graph);
        engine.Run();
        Assert.Equal((old + 1) * 10 + old, engine.Read(both).Row(1)[2], 1e-5f);
        Assert.Equal(old + 1, x.Storage!.Value.Row(1)[2]);
    }

    [Fact]
    public void Memory_is_shared_by_values_that_are_never_alive_together()
    {
        var graph = new Graph();
        var x = graph.Input("x", OperatorCases.Numbers(64, 64, 1));
        var y = x;
        for (var i = 0; i < 20; i++)
            y = y.Tanh().MatMul(x);
        graph.Output("y", y);
        using var engine = new Executor(graph);
        Assert.InRange(engine.SharedBytes, 1, 3 * 64 * 64 * sizeof(float));
    }

    /// <summary>A network of two layers, its gradient and Adam on it, with enough rows that threads share the work.</summary>
    private static (Graph Graph, Matrix Weights) Update()
    {
        var graph = new Graph();
        var x = graph.Input("x", OperatorCases.Numbers(130, 24, 1));
        Tensor[] weights = [graph.Parameter("w0", OperatorCases.Numbers(24, 70, 2)), graph.Parameter("b0", OperatorCases.Numbers(1, 70, 3)), graph.Parameter("w1", OperatorCases.Numbers(70, 50, 4))];
        var output = (x.MatMul(weights[0]) + weights[1]).Mish().MatMul(weights[2]);
        var loss = graph.Output("loss", (output.LogSoftmax().Exp() * graph.Input("costs", OperatorCases.Numbers(130, 50, 5))).SumColumns().Mean());
        var gradients = Gradients.Of(loss, weights);
        var (rate, correction) = (graph.Constant(1e-2), graph.Constant(1));
        for (var i = 0; i < weights.Length; i++)
        {
            Tensor Moment(string name) => graph.Parameter($"{weights[i].Name}.{name}", Matrix.Zeros(weights[i].Rows, weights[i].Columns));
            graph.Adam(weights[i], gradients[i], Moment("m"), Moment("v"), rate, correction, 1e-8);
        }
        return (graph, weights[0].Storage!.Value);
    }

    private static float[] Trained(int threads)
    {
        var (graph, weights) = Update();
        using var engine = new Executor(graph, threads);
        for (var i = 0; i < 20; i++)
            engine.Run();
        return [.. Enumerable.Range(0, weights.Rows).SelectMany(r => weights.Row(r).ToArray())];
    }

    internal static void AssertClose(double[,] expected, Matrix found, double tolerance, string what)
    {
        var (largest, off) = (1e-30, 0.0);
        for (var r = 0; r < found.Rows; r++)
            for (var c = 0; c < found.Columns; c++)
            {
                Assert.True(float.IsFinite(found.Row(r)[c]), $"{what} at [{r},{c}] is {found.Row(r)[c]}");
                largest = Math.Max(largest, Math.Abs(expected[r, c]));
                off = Math.Max(off, Math.Abs(expected[r, c] - found.Row(r)[c]));
            }
        Assert.True(off <= tolerance * largest, $"{what}: off by {off / largest} of the largest");
    }
}

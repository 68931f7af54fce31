using RlOffload.Agents.Engine;
using RlOffload.Agents.Learning;

namespace RlOffload.Tests.Agents.Engine;

public sealed class ProductFinishTests
{
    [Fact]
    public void A_layer_is_one_kernel_and_so_is_its_gradient_on_the_way_down()
    {
        var graph = new Graph();
        Tensor x = Parameter(graph, "x", 9, 5), w = Parameter(graph, "w", 5, 20), b = Parameter(graph, "b", 1, 20), v = Parameter(graph, "v", 20, 3);
        var hidden = (x.MatMul(w) + b).Relu();
        var above = hidden.MatMul(v);
        graph.Output("above", above);
        graph.Output("gradient", Gradients.Of(above.Sum(), [w])[0]);
        Assert.Equal(
            ["AddRelu of MatMul [9, 20] beside b", "Gate of MatMulNT [9, 20] beside Relu"],
            Of(graph).Select(f => $"{f.Finish} of {f.Product.Op} [{f.Product.Rows}, {f.Product.Columns}] beside {f.Beside.Name ?? $"{f.Beside.Op}"}"));
    }

    [Fact]
    public void What_another_reads_too_stays_a_value_of_its_own()
    {
        var graph = new Graph();
        Tensor x = Parameter(graph, "x", 9, 5), w = Parameter(graph, "w", 5, 20), b = Parameter(graph, "b", 1, 20);
        var product = x.MatMul(w);
        var sum = product + b;
        graph.Output("both", sum.Relu() * product);
        Assert.Empty(Of(graph));
        graph = new Graph();
        (x, w, b) = (Parameter(graph, "x", 9, 5), Parameter(graph, "w", 5, 20), Parameter(graph, "b", 1, 20));
        graph.Output("sum", x.MatMul(w) + b);
        graph.Output("relu", graph.Outputs[0].Relu());
        Assert.Equal([Finish.Add], Of(graph).Select(f => f.Finish));
    }

    [Fact]
    public void What_is_known_only_after_the_product_does_not_finish_it()
    {
        var graph = new Graph();
        Tensor x = Parameter(graph, "x", 9, 5), w = Parameter(graph, "w", 5, 20), late = Parameter(graph, "late", 9, 20);
        var product = x.MatMul(w);
        graph.Output("sum", product + late.Tanh());
        Assert.Empty(Of(graph));
    }

    [Fact]
    public void A_parameter_that_takes_the_result_is_not_overwritten_while_the_product_reads_it()
    {
        var graph = new Graph();
        Tensor x = Parameter(graph, "x", 20, 20), b = Parameter(graph, "b", 1, 20);
        var square = x.MatMul(x) + b;
        graph.Update(x, square);
        Assert.Empty(Of(graph));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Finished_products_give_the_bits_of_single_operators(int threads)
    {
        float[] Run(bool apart)
        {
            var graph = new Graph();
            Tensor x = Parameter(graph, "x", 150, 40), b = Parameter(graph, "b", 1, 70), u = Parameter(graph, "u", 70, 70);
            var w = Parameter(graph, "w", 40, 70);
            var h = (x.MatMul(w) + b).Relu();
            var twice = (h.MatMul(u) + h.Tanh().MatMul(u) + b).Relu();
            var loss = graph.Output("loss", twice.MatMul(u).Square().Mean());
            Tensor[] gradients = [.. Gradients.Of(loss, [w, b, u]).Select((g, i) => graph.Output($"{i}", g))];
            Assert.NotEmpty(Of(graph));
            using var engine = new Executor(graph, apart ? 1 : threads, check: apart);
            engine.Run();
            return [.. gradients.Append(loss).SelectMany(g => Enumerable.Range(0, g.Rows).SelectMany(r => engine.Read(g).Row(r).ToArray()))];
        }
        Assert.Equal(Run(apart: true), Run(apart: false));
    }

    private static ProductFinish[] Of(Graph graph)
    {
        var needed = new bool[graph.Nodes.Count];
        foreach (var root in graph.Outputs.Concat(graph.Updates.Select(u => u.Value)))
            needed[root.Id] = true;
        for (var i = needed.Length - 1; i >= 0; i--)
            foreach (var input in needed[i] ? graph.Nodes[i].Inputs : [])
                needed[input.Id] = true;
        return [.. ProductFinish.Of(graph, needed)];
    }

    private static Tensor Parameter(Graph graph, string name, int rows, int columns) =>
        graph.Parameter(name, OperatorCases.Numbers(rows, columns, (ulong)(rows * 100 + columns)));
}

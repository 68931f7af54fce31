using RlOffload.Agents.Engine;

namespace RlOffload.Tests.Agents.Engine;

public sealed class GradientsTests
{
    public static TheoryData<Op, int> Cases => OperatorCases.All;

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_gradient_is_what_finite_differences_give(Op op, int number)
    {
        if (!OperatorCases.IsDifferentiable(op))
            return;
        var graph = new Graph();
        var y = OperatorCases.Of(op)[number](graph);
        // A weight an element, so that no error cancels in the sum.
        var loss = (y * graph.Input("weights", OperatorCases.Numbers(y.Rows, y.Columns, 99))).Sum();
        var parameters = graph.Nodes.Where(n => n.Op == Op.Parameter).ToArray();
        var gradients = Gradients.Of(loss, parameters);
        var engine = new DoubleEngine(graph);
        engine.Run();
        var found = gradients.Select(g => engine[g]).ToArray();
        for (var p = 0; p < parameters.Length; p++)
            for (var r = 0; r < parameters[p].Rows; r++)
                for (var c = 0; c < parameters[p].Columns; c++)
                {
                    var expected = (LossAt(+1e-5) - LossAt(-1e-5)) / 2e-5;
                    Assert.True(Math.Abs(expected - found[p][r, c]) < 1e-6 * (1 + Math.Abs(expected)), $"{op} {parameters[p]} at [{r},{c}]: {found[p][r, c]}, differences give {expected}");

                    double LossAt(double by)
                    {
                        var leaf = engine.Leaf(parameters[p]);
                        var old = leaf[r, c];
                        leaf[r, c] = old + by;
                        engine.Run();
                        leaf[r, c] = old;
                        return engine[loss][0, 0];
                    }
                }
    }

    [Fact]
    public void What_is_not_asked_for_counts_as_given()
    {
        var graph = new Graph();
        var (x, y) = (graph.Parameter("x", OperatorCases.Numbers(2, 3, 1)), graph.Parameter("y", OperatorCases.Numbers(2, 3, 2)));
        // d (x y x) / dy has no part through x.
        Assert.Same(x * x, Gradients.Of((x * x * y).Sum(), [y])[0] is { Op: Op.Mul } g ? g.Inputs[1] : null);
    }

    [Fact]
    public void The_step_of_an_optimiser_ends_a_path()
    {
        var graph = new Graph();
        Tensor[] p = [.. Enumerable.Range(0, 4).Select(i => graph.Parameter($"p{i}", OperatorCases.Numbers(2, 3, (ulong)i, positive: true)))];
        var fresh = graph.Adam(p[0], p[3] * p[0], p[1], p[2], graph.Constant(0.1), graph.Constant(1), 1e-8);
        Assert.Contains(fresh, Gradients.Of((fresh * p[3]).Sum(), [p[3]])[0].Inputs);
    }

    [Fact]
    public void A_gradient_by_a_step_in_between_counts_all_paths()
    {
        var graph = new Graph();
        var x = graph.Parameter("x", OperatorCases.Numbers(2, 3, 1));
        var y = x.Exp();
        var found = Gradients.Of((y * y).Sum(), [x, y]);
        var engine = new DoubleEngine(graph);
        engine.Run();
        Assert.Equal(2 * Math.Exp(2 * engine.Leaf(x)[1, 2]), engine[found[0]][1, 2], 1e-6);
        Assert.Equal(2 * Math.Exp(engine.Leaf(x)[1, 2]), engine[found[1]][1, 2], 1e-6);
    }

    [Fact]
    public void Asking_for_what_the_loss_does_not_depend_on_is_an_error_that_names_it()
    {
        var graph = new Graph();
        var (x, y) = (graph.Parameter("x", OperatorCases.Numbers(2, 3, 1)), graph.Parameter("y", OperatorCases.Numbers(2, 3, 2)));
        Assert.Contains("y: Parameter", Assert.Throws<ArgumentException>(() => Gradients.Of(x.Sum(), [y])).Message);
        Assert.Throws<ArgumentException>(() => Gradients.Of(x, [x]));
    }
}

using RlOffload.Agents.Engine;

namespace RlOffload.Tests.Agents.Engine;

public sealed class GraphTests
{
    [Fact]
    public void Equal_nodes_are_one()
    {
        var graph = new Graph();
        var x = graph.Input("x", OperatorCases.Numbers(2, 3, 1));
        Assert.Same(2 * x.Exp(), 2 * x.Exp());
    }

    [Fact]
    public void Shapes_are_checked_while_it_is_written()
    {
        var graph = new Graph();
        var (x, y) = (graph.Input("x", OperatorCases.Numbers(2, 3, 1)), graph.Input("y", OperatorCases.Numbers(2, 4, 1)));
        Assert.Contains("x: Input [2, 3] and y: Input [2, 4]", Assert.Throws<ArgumentException>(() => x + y).Message);
        Assert.Throws<ArgumentException>(() => x.MatMul(y));
        Assert.Throws<ArgumentException>(() => x.Reshape(4, 2));
        Assert.Throws<ArgumentException>(() => graph.Input("x", OperatorCases.Numbers(1, 1, 1)));
        Assert.Throws<ArgumentException>(() => graph.Update(x, x));
        Assert.Throws<ArgumentException>(() => x + new Graph().Input("z", OperatorCases.Numbers(2, 3, 1)));
    }

    [Fact]
    public void Every_operator_has_a_case_in_the_tests() =>
        Assert.All(Enum.GetValues<Op>(), op => Assert.NotEmpty(OperatorCases.Of(op)));
}

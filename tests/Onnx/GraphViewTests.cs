using RlOffload.Onnx;
using RlOffload.Onnx.Proto;

namespace RlOffload.Tests.Onnx;

public class GraphViewTests
{
    [Fact]
    public void Nodes_in_a_wrong_order_are_sorted_and_others_stay_where_they_are()
    {
        var view = new GraphView(Graphs.Make("x", "d", "", "d = Add b,c", "b = Relu x", "c = Sigmoid b", "a = Tanh x"));

        Assert.Equal(["Relu", "Sigmoid", "Add", "Tanh"], view.Nodes.Select(n => n.OpType));
    }

    [Theory]
    [InlineData("made by no node", "y = Relu z")]
    [InlineData("made twice", "y = Relu x", "y = Tanh x")]
    [InlineData("made twice", "y = Relu x", "x = Tanh y")]
    [InlineData("depends on its own output", "y = Add x,b", "b = Relu y")]
    [InlineData("no node makes it", "z = Relu x")]
    public void A_graph_that_cannot_run_is_refused(string reason, params string[] nodes)
    {
        var refusal = Assert.Throws<InvalidDataException>(() => new GraphView(Graphs.Make("x", "y", "", nodes)));

        Assert.StartsWith("test.onnx:graph.", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_computed_from_weights_alone_is_constant_unless_it_is_drawn()
    {
        var view = new GraphView(Graphs.Make("x", "y", "w", "c = Constant", "d = Add w,c", "r = RandomNormalLike w", "e = Mul x,d", "y = Add e,r"));

        Assert.All(["w", "c", "d"], t => Assert.True(view.IsConstant(t)));
        Assert.All(["x", "r", "e", "y"], t => Assert.False(view.IsConstant(t)));
    }

    [Fact]
    public void Weights_listed_as_inputs_are_not_fed_by_the_caller()
    {
        var model = Graphs.Make("x,w", "y", "w", "y = Add x,w");

        Assert.Equal(["x"], new GraphView(model).Inputs.Select(v => v.Name));
    }

    [Fact]
    public void A_node_reads_what_its_subgraphs_capture_at_any_depth()
    {
        var inner = new GraphProto { Node = { Graphs.Node("q = Add outer,p") }, Output = { new ValueInfoProto { Name = "q" } } };
        var nested = Graphs.Node("r = If cond2");
        nested.Attribute.Add(new AttributeProto { Name = "then_branch", G = inner });
        var body = new GraphProto { Node = { Graphs.Node("p = Relu x"), nested }, Output = { new ValueInfoProto { Name = "r" } } };
        var node = Graphs.Node("y = If cond");
        node.Attribute.Add(new AttributeProto { Name = "then_branch", G = body });
        var model = Graphs.Make("x,cond,cond2", "y", "", "outer = Tanh x");
        model.Proto.Graph.Node.Insert(0, node);

        var view = new GraphView(model);

        Assert.Equal(["Tanh", "If"], view.Nodes.Select(n => n.OpType));
        Assert.Equal(["cond", "x", "cond2", "outer"], view.Reads(1));
    }
}

using RlOffload.Onnx;
using DataType = RlOffload.Onnx.Proto.TensorProto.Types.DataType;

namespace RlOffload.Tests.Onnx;

public class CutterTests
{
    private static readonly OnnxModel Model =
        Graphs.Make("x,z", "y", "w,u", "a = Add x,w", "k = Neg w", "b = Mul a,k", "y = Add b,u");

    [Fact]
    public void A_head_has_the_nodes_and_weights_up_to_the_cut()
    {
        var head = new Cutter(new GraphView(Model)).Extract(Model.Proto.Graph.Input, ["b"], "head").Proto;

        Assert.Equal(["a", "k", "b"], head.Graph.Node.Select(n => n.Output[0]));
        Assert.Equal(["w"], head.Graph.Initializer.Select(t => t.Name));
        Assert.Equal(["x"], head.Graph.Input.Select(v => v.Name));
        Assert.Equal(["b"], head.Graph.Output.Select(v => v.Name));
        Assert.Equal(17, head.OpsetImport.Single().Version);
    }

    [Fact]
    public void A_tail_recomputes_constants_and_takes_the_cut_as_typed_input()
    {
        var tail = new Cutter(new GraphView(Model)).Extract([TensorTypes.Info("a", DataType.Float, [1, -1])], ["y"], "tail").Proto;

        Assert.Equal(["k", "b", "y"], tail.Graph.Node.Select(n => n.Output[0]));
        Assert.Equal(["w", "u"], tail.Graph.Initializer.Select(t => t.Name));
        Assert.Equal([1, -1], TensorTypes.ShapeOf(tail.Graph.Input.Single())!);
    }

    [Fact]
    public void Before_ir_version_4_weights_are_inputs_too()
    {
        var old = Graphs.Make("x,w", "y", "w", "y = Add x,w");
        old.Proto.IrVersion = 3;
        var view = new GraphView(old);

        Assert.Equal(["x", "w"], new Cutter(view).Extract(view.Inputs, ["y"], "head").Proto.Graph.Input.Select(v => v.Name));
    }

    [Fact]
    public void The_original_stays_as_it_was()
    {
        var before = Model.ToBytes();

        new Cutter(new GraphView(Model)).Extract(Model.Proto.Graph.Input, ["a"], "head");

        Assert.Equal(before, Model.ToBytes());
    }

    [Fact]
    public void What_the_inputs_do_not_lead_to_is_refused()
    {
        var cutter = new Cutter(new GraphView(Model));

        Assert.Contains("input 'x': is needed", Assert.Throws<InvalidDataException>(() => cutter.Extract([], ["y"], "part")).Message, StringComparison.Ordinal);
        Assert.Contains("output 'q'", Assert.Throws<InvalidDataException>(() => cutter.Extract(Model.Proto.Graph.Input, ["q"], "part")).Message, StringComparison.Ordinal);
    }
}

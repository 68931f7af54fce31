using RlOffload.Onnx;

namespace RlOffload.Tests.Onnx;

public class CutFinderTests
{
    [Fact]
    public void A_chain_is_cut_after_every_node_and_its_weights_never_cross()
    {
        var cuts = Cuts(["y"], Graphs.Make("x", "y", "w", "v = Mul w,w", "a = Add x,v", "b = Relu a", "y = Mul b,v"));

        Assert.Equal(["x", "a", "b", "y"], cuts.Select(Names));
        Assert.Equal(["input", "a", "b", "y"], cuts.Select(c => c.After));
        Assert.Equal([[0], [0], [0], []], cuts.Select(c => c.Exits));
        Assert.Equal([[], [], [], [0]], cuts.Select(c => c.LocalOf));
    }

    [Fact]
    public void A_residual_block_is_crossed_by_two_tensors_inside()
    {
        var cuts = Cuts(["y"], Graphs.Make("x", "y", "", "a = Relu x", "b = Tanh a", "c = Tanh b", "d = Add a,c", "y = Relu d"));

        Assert.Equal(["x", "a", "a+b", "a+c", "d", "y"], cuts.Select(Names));
    }

    [Fact]
    public void Places_crossed_by_too_many_tensors_are_no_cuts()
    {
        var model = Graphs.Make("x", "y", "", "a = Relu x", "b = Tanh x", "c = Neg x", "y = Sum a,b,c");

        Assert.Equal(["x", "x+a", "y"], Cuts(["y"], model, 2).Select(Names));
        Assert.Equal(["x", "x+a", "x+a+b", "a+b+c", "y"], Cuts(["y"], model, 3).Select(Names));
    }

    [Fact]
    public void Exits_share_the_trunk_and_each_has_its_own_branch()
    {
        var cuts = CutFinder.Find(
            new GraphView(Graphs.Make("x", "e1,e2", "", "a = Relu x", "p = Tanh a", "e1 = Neg p", "b = Relu a", "e2 = Neg b")), [["e1"], ["e2"]]);

        Assert.Equal(["x", "a", "p", "e1", "b", "e2"], cuts.Select(Names));
        Assert.Equal([[0, 1], [0, 1], [0], [], [1], []], cuts.Select(c => c.Exits));
        Assert.Equal([[], [], [], [0], [], [1]], cuts.Select(c => c.LocalOf));
    }

    [Fact]
    public void An_exit_that_the_trunk_goes_on_from_is_local_for_one_and_a_cut_for_the_other()
    {
        var cut = CutFinder.Find(new GraphView(Graphs.Make("x", "a,y", "", "a = Relu x", "y = Neg a")), [["a"], ["y"]])[1];

        Assert.Equal([1], cut.Exits);
        Assert.Equal([0], cut.LocalOf);
    }

    [Fact]
    public void An_answer_of_two_tensors_crosses_with_what_the_other_still_needs()
    {
        var cuts = CutFinder.Find(new GraphView(Graphs.Make("x", "s,t", "", "a = Relu x", "s = Tanh a", "b = Neg a", "t = Neg b")), [["s", "t"]]);

        Assert.Equal(["x", "a", "a+s", "s+b", "s+t"], cuts.Select(Names));
    }

    [Fact]
    public void An_exit_must_depend_on_the_input()
    {
        var model = Graphs.Make("x", "y,w2", "w", "y = Relu x", "w2 = Neg w");

        Assert.Contains("cannot be an exit", Assert.Throws<InvalidDataException>(() => Cuts(["w2"], model)).Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<Cut> Cuts(string[] exit, OnnxModel model, int maxLive = 4) => CutFinder.Find(new GraphView(model), [exit], maxLive);

    private static string Names(Cut cut) => string.Join('+', cut.Tensors);
}

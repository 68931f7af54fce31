using RlOffload.Agents.Engine;
using RlOffload.Agents.Torch;
using RlOffload.Tests.Agents.Engine;

namespace RlOffload.Tests.Agents.Torch;

/// <summary>Compiled only with -p:Torch=cpu or -p:Torch=cuda.</summary>
public sealed class TorchEngineTests
{
    public static TheoryData<Op, int> Cases => OperatorCases.All;

    [Theory, MemberData(nameof(Cases))]
    public void EveryOperatorAndItsGradientAgreeWithTheBuiltInEngine(Op op, int number) => EngineAgreement.Assert(op, number, graph => new TorchEngine(graph));

    [Fact]
    public void ARunReadsTheParametersThatTheOneBeforeLeft()
    {
        var graph = new Graph();
        var x = graph.Parameter("x", OperatorCases.Numbers(2, 3, 1));
        var start = x.Storage!.Value.Row(1)[2];
        var y = graph.Output("y", 10 * graph.Update(x, x + 1) + x);
        using var engine = new TorchEngine(graph);
        engine.Run();
        engine.Run();
        Assert.Equal(start + 2, x.Storage!.Value.Row(1)[2], 1e-5f);
        Assert.Equal((start + 2) * 10 + start + 1, engine.Read(y).Row(1)[2], 1e-4f);
    }

    [Fact]
    public void TheNameInAConfigFindsItAndItLoads() => Assert.Null(Engines.Problem(Engines.Torch));
}

using RlOffload.Agents.Engine;

namespace RlOffload.Tests.Agents.Engine;

public sealed class EnginesTests
{
    [Fact]
    public void EveryEngineOfThisBuildRunsAGraph()
    {
        foreach (var name in Engines.Names.Where(n => Engines.Problem(n) is null))
        {
            var graph = new Graph();
            var x = graph.Parameter("x", OperatorCases.Numbers(2, 3, 1));
            var old = x.Storage!.Value.Row(1)[2];
            var y = graph.Output("y", 2 * graph.Update(x, x + 1));
            using var engine = Engines.Of(name)(graph);
            engine.Run();
            Assert.Equal(2 * (old + 1), engine.Read(y).Row(1)[2], 1e-5f);
            Assert.Equal(old + 1, x.Storage!.Value.Row(1)[2], 1e-5f);
        }
    }

    [Fact]
    public void ABuildWithoutTorchSaysHowToBuildWithIt()
    {
        if (Engines.HasTorch)
            return;
        var message = Assert.Throws<NotSupportedException>(() => Engines.Of(Engines.Torch)).Message;
        Assert.Contains("-p:Torch=cpu", message);
        Assert.Contains("onnx", message);
    }

    [Fact]
    public void OnlyTheBuiltInEngineChecks() => Assert.Contains("onnx", Assert.Throws<NotSupportedException>(() => Engines.Of(Engines.Onnx, check: true)).Message);
}

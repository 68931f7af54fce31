using RlOffload.Agents.Engine;
using RlOffload.Agents.Learning;

namespace RlOffload.Tests.Agents.Engine;

public sealed class FiniteCheckTests
{
    [Fact]
    public void TheFirstValueThatIsNotFiniteIsNamedWithWhatItWasComputedFrom()
    {
        var graph = new Graph();
        var x = graph.Input("x", OperatorCases.Numbers(3, 5, 1, positive: true));
        graph.Output("y", 2 * graph.Output("log x", x.Log()));
        x.Storage!.Value.Row(2)[4] = -1;
        using var engine = new Executor(graph, check: true);
        var message = Assert.Throws<NotFiniteNumberException>(engine.Run).Message;
        Assert.StartsWith("log x: Log [3, 5] is NaN at [2, 4]", message);
        Assert.Contains("x: Input [3, 5]", message);
    }

    [Fact]
    public void AnInputThatIsNotFiniteIsNamed()
    {
        var graph = new Graph();
        var x = graph.Input("x", OperatorCases.Numbers(3, 5, 1));
        graph.Output("y", x.Tanh());
        x.Storage!.Value.Row(0)[1] = float.PositiveInfinity;
        using var engine = new Executor(graph, check: true);
        Assert.StartsWith("x: Input [3, 5] is Infinity at [0, 1]", Assert.Throws<NotFiniteNumberException>(engine.Run).Message);
    }

    [Fact]
    public void AMomentOfAdamThatOverflowsIsNamed()
    {
        var graph = new Graph();
        Tensor Parameter(string name) => graph.Parameter(name, Matrix.Zeros(1, 1));
        var gradient = graph.Input("gradient", Matrix.Zeros(1, 1));
        gradient.Storage!.Value.Row(0)[0] = 1e30f;
        graph.Adam(Parameter("w"), gradient, Parameter("mean"), Parameter("square"), graph.Constant(1e-3), graph.Constant(1), 1e-8);
        using var engine = new Executor(graph, check: true);
        Assert.Contains("AdamSquare [1, 1] is Infinity", Assert.Throws<NotFiniteNumberException>(engine.Run).Message);
    }

    [Fact]
    public void WhatStandsInThePaddingIsNotLookedAtAndTheResultIsThatOfAnUncheckedRun()
    {
        var results = new List<float[]>();
        foreach (var check in new[] { false, true })
        {
            var graph = new Graph();
            var x = graph.Input("x", OperatorCases.Numbers(3, 5, 1));
            x.Storage!.Value.PaddedRow(1)[5..].Fill(float.NaN);
            var y = graph.Output("y", x.Tanh() / x);
            using var engine = new Executor(graph, threads: 2, check);
            engine.Run();
            results.Add([.. Enumerable.Range(0, 3).SelectMany(r => engine.Read(y).Row(r).ToArray())]);
        }
        Assert.Equal(results[0], results[1]);
    }
}

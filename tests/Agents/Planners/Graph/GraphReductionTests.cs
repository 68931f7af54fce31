using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Planners;

public sealed class GraphReductionTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TheSmallestCutIsTheSameAtEveryRate(bool chains)
    {
        var rng = new Rng(11);
        int before = 0, after = 0;
        for (var round = 0; round < 120; round++)
        {
            var graph = chains ? RandomGraphs.Chain(ref rng) : RandomGraphs.Dag(ref rng);
            var reduction = GraphReduction.Of(graph);
            var (whole, small) = (new GraphCut(graph), new GraphCut(reduction.Graph));
            (before, after) = (before + graph.Layers.Count, after + reduction.Graph.Layers.Count);
            for (var i = 0; i < 30; i++)
            {
                var c = RandomGraphs.Conditions(ref rng) with { Load = reduction.Ratio * rng.NextDouble() };
                double alpha = 1 + rng.NextDouble(), gamma = rng.NextDouble();
                whole.Solve(c, alpha, gamma);
                small.Solve(c, alpha, gamma);
                var layers = new bool[graph.Layers.Count];
                for (var v = 0; v < layers.Length; v++)
                    layers[v] = small.OnEdge[Enumerable.Range(0, small.OnEdge.Length).First(g => reduction.Last[g] >= v)];
                Assert.Equal(RandomGraphs.Cost(graph, whole.OnEdge.ToArray(), c, alpha, gamma), RandomGraphs.Cost(graph, layers, c, alpha, gamma), 1e-8);
                Assert.Equal(whole.Stages(c).Longest, small.Stages(c).Longest, 1e-8);
            }
        }
        Assert.True(after < 0.8 * before, $"{after} layers of {before}");
    }

    [Fact]
    public void OfAChainTheStrictRunningMinimaOfTheBytesRemain()
    {
        var rng = new Rng(12);
        for (var round = 0; round < 200; round++)
        {
            var graph = RandomGraphs.Chain(ref rng);
            var bytes = graph.Tensors.Select(t => t.Bytes).ToArray();
            var minima = Enumerable.Range(1, bytes.Length - 1).Where(t => bytes[..t].Min() > bytes[t]).Select(t => t - 1);
            Assert.Equal([.. minima, graph.Layers.Count - 1], GraphReduction.Of(graph).Last);
        }
    }

    /// <summary>
    /// A residual block: its input is also read by the addition at its end, so whatever is cut inside it sends that input and more. One whose shortcut shrinks at once is
    /// worth a cut inside.
    /// </summary>
    [Theory]
    [InlineData(100, 3)]
    [InlineData(10, 5)]
    public void ABlockWhoseCutsAreNeverCheaperBecomesOneLayer(double shortcut, int left)
    {
        // stem, branch, shortcut, addition, answer
        var graph = new LayerGraph([new(1, 0.1), new(1, 0.1), new(1, 0.1), new(1, 0.1), new(1, 0.1)],
            [new(-1, [0], 200), new(0, [1, 2], 100), new(1, [3], 25), new(2, [3], shortcut), new(3, [4], 20)]);
        Assert.Equal(left, GraphReduction.Of(graph).Graph.Layers.Count);
    }

    /// <summary>As below convolutions: what normalises and cuts off negative numbers sends what it reads, so a branch need not be cut behind it.</summary>
    [Fact]
    public void WithinABranchALayerBecomesOneWithItsReaderUnlessItShrinks()
    {
        // stem; a branch of convolution, normalisation, activation, convolution; a shortcut; the addition, which answers
        var graph = new LayerGraph([.. Enumerable.Repeat(new GraphLayer(1, 0.1), 7)],
            [new(-1, [0], 200), new(0, [1, 5], 100), new(1, [2], 25), new(2, [3], 25), new(3, [4], 25), new(4, [6], 10), new(5, [6], 10)]);
        Assert.Equal([0, 1, 4, 5, 6], GraphReduction.Of(graph).Last);
    }

    [Fact]
    public void WhereTheServerIsNotFasterNothingIsTakenForGranted()
    {
        var rng = new Rng(13);
        for (var round = 0; round < 100; round++)
        {
            var graph = RandomGraphs.Chain(ref rng);
            var slowServer = new LayerGraph([.. graph.Layers.Select(l => new GraphLayer(l.CloudSeconds, l.EdgeSeconds + 0.01))], graph.Tensors, 64);
            var reduction = GraphReduction.Of(slowServer);
            Assert.Equal(slowServer.Layers.Count, reduction.Graph.Layers.Count);
        }
    }

    [Fact]
    public void TheRatioGrowsAsFarAsTheDeviceIsSlower()
    {
        var tenTimes = new LayerGraph([new(1, 0.1), new(1, 0.1), new(1, 0.1)], [new(-1, [0], 10), new(0, [1], 20), new(1, [2], 5)]);
        Assert.Equal(8, GraphReduction.Of(tenTimes).Ratio);
        Assert.Equal([1, 2], GraphReduction.Of(tenTimes).Last);
    }
}

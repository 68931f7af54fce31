using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Planners;

public sealed class GraphCutTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void OfEveryPartitionOfARandomGraphItIsTheCheapest(bool slower)
    {
        var rng = new Rng(3);
        var inside = 0;
        for (var round = 0; round < 150; round++)
        {
            var graph = RandomGraphs.Dag(ref rng, slower);
            var c = RandomGraphs.Conditions(ref rng);
            double alpha = Math.Pow(10, 2 * rng.NextDouble() - 1), gamma = Math.Pow(10, 2 * rng.NextDouble() - 1);
            var cut = new GraphCut(graph);
            cut.Solve(c, alpha, gamma);
            var found = cut.OnEdge.ToArray();
            var partitions = RandomGraphs.Partitions(graph).ToList();
            var best = partitions.Min(p => RandomGraphs.Cost(graph, p, c, alpha, gamma));
            Assert.Equal(best, RandomGraphs.Cost(graph, found, c, alpha, gamma), 1e-9);
            Assert.Contains(partitions, p => p.SequenceEqual(found));
            var (expected, stages) = (RandomGraphs.Stages(graph, found, c), cut.Stages(c));
            Assert.Equal(expected.Edge, stages.Edge, 1e-12);
            Assert.Equal(expected.Sending, stages.Sending, 1e-12);
            Assert.Equal(expected.Cloud, stages.Cloud, 1e-12);
            inside += found.Distinct().Count() == 2 ? 1 : 0;
        }
        Assert.True(inside > 15, $"only {inside} partitions keep some and send some");
    }

    [Fact]
    public void OnAChainItIsTheBestOfAllSplits()
    {
        var rng = new Rng(4);
        for (var round = 0; round < 300; round++)
        {
            var graph = RandomGraphs.Chain(ref rng, slower: false);
            var c = RandomGraphs.Conditions(ref rng);
            var cut = new GraphCut(graph);
            cut.Solve(c);
            var count = graph.Layers.Count;
            var best = Enumerable.Range(0, count + 1).Min(k => RandomGraphs.Cost(graph, [.. Enumerable.Range(0, count).Select(v => v < k)], c));
            Assert.Equal(best, RandomGraphs.Cost(graph, cut.OnEdge.ToArray(), c), 1e-9);
        }
    }

    /// <summary>A tensor that two layers read is sent once: two readers at 10 bytes cost 10, not 20.</summary>
    [Fact]
    public void WhatSeveralReadIsSentOnce()
    {
        var graph = new LayerGraph([new(0, 1), new(100, 0), new(100, 0), new(100, 0)],
            [new(-1, [0], 1000), new(0, [1, 2], 10), new(1, [3], 500), new(2, [3], 500)]);
        var cut = new GraphCut(graph);
        var c = new CutConditions(1, 8, 1, 0);
        cut.Solve(c);
        Assert.Equal([true, false, false, false], cut.OnEdge.ToArray());
        Assert.Equal(new StageTimes(0, 10, 0), cut.Stages(c));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(0)]
    [InlineData(double.Epsilon)]
    public void NumbersBeyondAllMeasureStillGiveAPartition(double hostile)
    {
        var rng = new Rng(6);
        for (var round = 0; round < 20; round++)
        {
            var graph = RandomGraphs.Dag(ref rng);
            var cut = new GraphCut(graph);
            var partitions = RandomGraphs.Partitions(graph).ToList();
            foreach (var c in new CutConditions[] { new(hostile, 1e6, 1, 0), new(1, hostile, 1, 0), new(1, 1e6, hostile, 0), new(hostile, hostile, hostile, hostile) })
            {
                cut.Solve(c);
                Assert.Contains(partitions, p => p.SequenceEqual(cut.OnEdge.ToArray()));
            }
        }
    }
}

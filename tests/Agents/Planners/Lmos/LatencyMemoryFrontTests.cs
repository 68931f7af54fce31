using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Planners;

public sealed class LatencyMemoryFrontTests
{
    [Fact]
    public void ItIsTheExhaustiveNonDominatedSet()
    {
        var rng = new Rng(5);
        for (var round = 0; round < 500; round++)
        {
            var n = rng.NextInt(20);
            LatencyMemory[] splits = [.. Enumerable.Range(0, n).Select(_ => new LatencyMemory(rng.NextInt(10), rng.NextInt(10)))];
            double[] latency = [.. splits.Select(s => s.Latency)], memory = [.. splits.Select(s => s.MemoryBytes)];
            double cap = rng.NextInt(12);
            var front = new LatencyMemoryFront(n);
            front.Find(latency, memory, cap);
            int[] expected = [.. Enumerable.Range(0, n).Where(i => memory[i] < cap
                && !Enumerable.Range(0, n).Any(j => memory[j] < cap && (splits[j].Dominates(splits[i]) || (splits[j] == splits[i] && j < i))))
                .OrderBy(i => latency[i])];
            Assert.Equal(expected, front.Members.ToArray());
        }
    }

    [Theory]
    [InlineData(new double[] { 1, 2, 5 }, new double[] { 10, 40, 50 }, 1)]        // a quarter of the way from both ideals
    [InlineData(new double[] { 1, 4, 5 }, new double[] { 10, 15, 50 }, 0)]        // farther from the ideal than both ends: the fastest
    [InlineData(new double[] { 1, 2, 3, 5 }, new double[] { 10, 30, 45, 50 }, 2)] // squared distances of 0.3125 and 0.2656
    [InlineData(new double[] { 7, 9 }, new double[] { 10, 20 }, 0)]
    [InlineData(new double[] { 3 }, new double[] { 10 }, 0)]
    public void TheKneeIsNearestToTheIdealOfBothObjectives(double[] latency, double[] memory, int knee)
    {
        var front = new LatencyMemoryFront(latency.Length);
        front.Find(latency, memory, 1000);
        Assert.Equal(knee, front.Knee(latency, memory));
    }

    [Fact]
    public void WhatIsNoNumberOrAboveTheCapIsNoMember()
    {
        var front = new LatencyMemoryFront(3);
        front.Find([double.NaN, 1, 2], [1, 5, 9], 9);
        Assert.Equal([1], front.Members.ToArray());
        front.Find([double.NaN, 1, 2], [1, 5, 9], 1);
        Assert.Equal(-1, front.Knee([double.NaN, 1, 2], [1, 5, 9]));
    }
}

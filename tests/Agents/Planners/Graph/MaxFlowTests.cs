using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Planners;

public sealed class MaxFlowTests
{
    /// <summary>The textbook network of Cormen et al., whose largest flow is 23.</summary>
    [Fact]
    public void TheTextbookNetworkCarries23()
    {
        (int, int, long)[] edges = [(0, 1, 16), (0, 2, 13), (2, 1, 4), (1, 3, 12), (3, 2, 9), (2, 4, 14), (4, 3, 7), (3, 5, 20), (4, 5, 4)];
        var flow = new MaxFlow(6, 0, 5, [.. edges.Select(e => (e.Item1, e.Item2))]);
        for (var again = 0; again < 2; again++)
        {
            for (var e = 0; e < edges.Length; e++)
                flow.Set(e, edges[e].Item3);
            Assert.Equal(23, flow.Run());
        }
        Assert.Equal([true, true, true, false, true, false], Enumerable.Range(0, 6).Select(flow.OnSourceSide));
    }

    [Fact]
    public void ItIsTheSmallestOfAllCutsAndItsSideTheSmallestOfThose()
    {
        var rng = new Rng(5);
        for (var round = 0; round < 300; round++)
        {
            int n = 2 + rng.NextInt(7), m = rng.NextInt(20);
            var edges = new (int From, int To)[m];
            var capacity = new long[m];
            for (var e = 0; e < m; e++)
                (edges[e], capacity[e]) = ((rng.NextInt(n), rng.NextInt(n)), rng.NextInt(6));
            var flow = new MaxFlow(n, 0, n - 1, edges);
            for (var e = 0; e < m; e++)
                flow.Set(e, capacity[e]);
            long Across(int set) => Enumerable.Range(0, m).Where(e => (set >> edges[e].From & 1) == 1 && (set >> edges[e].To & 1) == 0).Sum(e => capacity[e]);
            int[] cuts = [.. Enumerable.Range(0, 1 << n).Where(s => (s & 1) == 1 && (s >> (n - 1) & 1) == 0)];
            var least = cuts.Min(Across);
            Assert.Equal(least, flow.Run());
            var smallest = cuts.Where(s => Across(s) == least).Aggregate((a, b) => a & b);
            Assert.Equal(smallest, Enumerable.Range(0, n).Sum(v => flow.OnSourceSide(v) ? 1 << v : 0));
        }
    }

    [Fact]
    public void UnlimitedEdgesCarryWhatTheOthersAllow()
    {
        var flow = new MaxFlow(4, 0, 3, [(0, 1), (1, 2), (2, 3)]);
        flow.Set(0, MaxFlow.Unlimited / 8);
        flow.Set(1, MaxFlow.Unlimited, MaxFlow.Unlimited);
        flow.Set(2, MaxFlow.Unlimited / 8 - 5);
        Assert.Equal(MaxFlow.Unlimited / 8 - 5, flow.Run());
    }
}

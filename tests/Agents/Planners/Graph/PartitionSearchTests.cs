using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Planners;

public sealed class PartitionSearchTests
{
    private static PartitionSearch Search(LayerGraph graph) => new(new GraphCut(graph), new CutPlans([(0, graph.Layers.Count)], [.. Enumerable.Range(0, graph.Layers.Count)]));

    [Fact]
    public void TheHeavySearchIsWithinThreeTimesTheOptimumAndNearItAsARule()
    {
        var rng = new Rng(9);
        var ratios = new List<double>();
        for (var round = 0; round < 200; round++)
        {
            var graph = RandomGraphs.Dag(ref rng, slower: round % 2 == 0);
            var c = RandomGraphs.Conditions(ref rng);
            var best = RandomGraphs.Partitions(graph).Min(p => RandomGraphs.Stages(graph, p, c).Longest);
            var found = Search(graph).Heavy(c).Stages.Longest;
            Assert.True(found <= 3 * best + 1e-9, $"{found} s against {best} s");
            ratios.Add(best > 0 ? found / best : 1);
        }
        Assert.True(ratios.All(r => r >= 1 - 1e-9));
        Assert.True(ratios.Average() < 1.1, $"{ratios.Average()} times the optimum on average");
    }

    [Fact]
    public void TheHeavySearchIsNeverBehindTheLightOneAndTheLightOneNeverSlower()
    {
        var rng = new Rng(10);
        for (var round = 0; round < 200; round++)
        {
            var graph = RandomGraphs.Dag(ref rng);
            var c = RandomGraphs.Conditions(ref rng) with { RoundTrip = 0 };
            var search = Search(graph);
            StageTimes light = search.Light(c).Stages, heavy = search.Heavy(c).Stages;
            Assert.True(heavy.Longest <= light.Longest + 1e-12);
            Assert.True(light.Edge + light.Sending + light.Cloud <= heavy.Edge + heavy.Sending + heavy.Cloud + 1e-9);
        }
    }
}

using RlOffload.Environment;
using RlOffload.Training.Distillation;

namespace RlOffload.Tests.Training.Distillation;

public sealed class TreeGrowthTests
{
    private const int Inputs = 4, Plans = 2;

    /// <summary>Plan 1 is better by <paramref name="worth"/> where the first entry is above 0.3; entries 2 and 3 stand for expected rewards.</summary>
    internal static Visits Visited(float worth = 1)
    {
        var visits = new Visits(Inputs, Plans, first: 2);
        var rng = new Rng(5);
        for (var i = 0; i < 2000; i++)
        {
            float[] seen = [(float)rng.NextDouble(), (float)rng.NextDouble(), 0, 0];
            visits.Add(seen, [true, true], [0, seen[0] > 0.3f ? worth : -worth]);
        }
        return visits;
    }

    [Fact]
    public void TheOneThresholdThatDecidesIsFoundAndNothingElse()
    {
        var visits = Visited();
        var tree = TreeGrowth.Grow(new Bins(visits), Inputs, Plans, visits.Targets(0), new Merit(false), 8, out var rows);
        var node = Assert.Single(tree.Nodes, n => n.Feature == 0 && Math.Abs(n.Threshold - 0.3) < 0.02);
        Assert.True(tree.Count <= 4, $"{tree.Count} leaves");
        foreach (var x in (float[])[0.1f, 0.9f])
        {
            var leaf = tree.Find([x, 0.5f, 0, 0]);
            Assert.Equal(x > node.Threshold, rows[leaf * Plans + 1] > rows[leaf * Plans]);
        }
    }

    [Fact]
    public void WhereStakesDifferTheCostlyStatesDecide()
    {
        // Nine states of ten lose a little by plan 1, the tenth a lot by plan 0: the one leaf that there may be follows the tenth.
        var visits = new Visits(Inputs, Plans, first: 2);
        for (var i = 0; i < 100; i++)
            visits.Add([i, 0, 0, 0], [true, true], i % 10 == 0 ? [-20, 0] : [0, -1]);
        TreeGrowth.Grow(new Bins(visits), Inputs, Plans, visits.Targets(0), new Merit(false), 1, out var rows);
        Assert.True(rows[1] > rows[0]);
    }
}

using RlOffload.Training.Distillation;

namespace RlOffload.Tests.Training.Distillation;

public sealed class TableGrowthTests
{
    [Fact]
    public void TheEntryThatDecidesBecomesTheFirstAxis()
    {
        var visits = TreeGrowthTests.Visited();
        var table = TableGrowth.Grow(new Bins(visits), 4, 2, visits.Targets(0), new Merit(false), 64, out var rows);
        Assert.Equal(0, table.Axes[0].Feature);
        Assert.InRange(table.Count, 2, 64);
        Assert.Equal(table.Count * 2, rows.Length);
        foreach (var x in (float[])[0.1f, 0.9f])
        {
            var cell = table.Find([x, 0.5f, 0, 0]);
            Assert.Equal(x > 0.3f, rows[cell * 2 + 1] > rows[cell * 2]);
        }
    }
}

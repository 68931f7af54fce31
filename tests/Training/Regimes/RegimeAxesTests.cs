using RlOffload.Environment;
using RlOffload.Training;
using RlOffload.Training.Regimes;

namespace RlOffload.Tests.Training.Regimes;

public sealed class RegimeAxesTests
{
    [Fact]
    public void EveryCombinationIsTheConfigMovedByItsFactors()
    {
        using var config = new TestConfig();
        var axes = new RegimeAxes { Loads = [1, 4], Arrivals = [ArrivalKind.Poisson], Knowledge = [RateKnowledge.Own, RateKnowledge.Modem], Deadlines = [0.5] };
        var told = Experiment.Load(config.Path, TestConfig.Quick);
        var cells = axes.Entries(config.Path, TestConfig.Quick).Select(e => Experiment.Load(e.Config, e.Overrides)).ToList();
        Assert.Equal(4, cells.Count);
        Assert.Equal(4, cells.Select(c => c.Name).Distinct().Count());
        Assert.All(cells, c =>
        {
            Assert.Equal(ArrivalKind.Poisson, c.Told.Arrivals.Kind);
            Assert.Equal(told.Told.Deadlines.Median / 2, c.Told.Deadlines.Median, 9);
        });
        Assert.Equal([told.Told.Arrivals.MeanGap, told.Told.Arrivals.MeanGap / 4], cells.Take(2).Select(c => c.Told.Arrivals.MeanGap));
        Assert.Equal([RateKnowledge.Own, RateKnowledge.Modem], cells.Select(c => c.Told.Uplink.Observe).Distinct());
    }

    [Fact]
    public void FactorsAndArrivalsThatMakeNoRegimeAreRefusedTogether()
    {
        using var config = new TestConfig();
        var axes = new RegimeAxes { Loads = [0, double.NaN], Deadlines = [-1], Arrivals = [ArrivalKind.Recorded] };
        var problems = Assert.Throws<InputException>(() => axes.Entries(config.Path, TestConfig.Quick)).Problems;
        Assert.Equal(4, problems.Count);
        Assert.Contains(problems, p => p.StartsWith("--deadline:-1", StringComparison.Ordinal));
    }
}

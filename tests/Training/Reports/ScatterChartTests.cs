using RlOffload.Training.Reports;

namespace RlOffload.Tests.Training.Reports;

public sealed class ScatterChartTests
{
    [Fact]
    public void TheFrontIsWhatNoOtherBeatsInBoth()
    {
        Dot[] dots = [new("slow and right", 9, 90), new("beaten", 9, 80), new("fast", 1, 50), new("between", 4, 70), new("twin", 4, 70), new("worse", 5, 70)];
        Assert.Equal(["fast", "between", "slow and right"], ScatterChart.Front(dots, (false, true)).Select(d => d.Name));
        Assert.Equal(["fast"], ScatterChart.Front(dots, (false, false)).Select(d => d.Name));
    }
}

using RlOffload.Training.Reports;

namespace RlOffload.Tests.Training.Reports;

public sealed class AxisTests
{
    [Fact]
    public void TicksAreRoundNumbersWithinTheAxis()
    {
        Assert.Equal([-1, -0.5, 0, 0.5, 1], new Axis("", -1.25, 1.05).Ticks(5));
        Assert.Equal([0, 200, 400, 600, 800], new Axis("", 0, 900).Ticks(6));
        Assert.Equal([0.1, 1, 10, 100], new Axis("", 0.05, 300, Log: true).Ticks(5).Select(t => Math.Round(t, 9)));
        Assert.Equal([2, 5, 10, 20], new Axis("", 2, 20, Log: true).Ticks(5).Select(t => Math.Round(t, 9)));
    }

    [Fact]
    public void SharesStayWithinTheAxis()
    {
        Assert.Equal([0, 0.5, 1, 1], new[] { -5.0, 5, 10, 99 }.Select(v => new Axis("", 0, 10).Share(v)));
        Assert.Equal([0, 0, 0.5, 1], new[] { 0.0, 1, 10, 100 }.Select(v => Math.Round(new Axis("", 1, 100, Log: true).Share(v), 12)));
    }

    [Fact]
    public void AnAxisOfOneValueOrNoneStillHasALength()
    {
        foreach (var axis in new[] { Axis.Over("", [3]), Axis.Over("", []), Axis.Over("", [0], fromZero: true), Axis.Over("", [0], log: true), Axis.Over("", [double.NaN, 2]) })
            Assert.True(axis.High > axis.Low && axis.Ticks(4).Count > 0, $"{axis}");
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.05, "0.05")]
    [InlineData(1000, "1000")]
    [InlineData(12500, "12.5k")]
    [InlineData(2e6, "2M")]
    [InlineData(-0.25, "-0.25")]
    public void LabelsAreShort(double value, string label) => Assert.Equal(label, Axis.Label(value));
}

using RlOffload.Training.Config;

namespace RlOffload.Tests.Training.Config;

public sealed class BoundsTests
{
    [Fact]
    public void SayWhatIsAllowed()
    {
        Assert.Equal("a finite number of 0 or more", Bounds.NotNegative.ToString());
        Assert.Equal("0 to 1", Bounds.Share.ToString());
        Assert.Equal("0 or more and below 1", new Bounds(0, 1, OpenHigh: true).ToString());
        Assert.Equal("above 0 and at most 1000", new Bounds(0, 1000, Open: true).ToString());
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(double.NaN, false)]
    [InlineData(double.PositiveInfinity, false)]
    public void HoldWhatTheySay(double x, bool holds) => Assert.Equal(holds, new Bounds(0, 1, OpenHigh: true).Contains(x));
}

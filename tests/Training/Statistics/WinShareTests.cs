using RlOffload.Training.Statistics;

namespace RlOffload.Tests.Training.Statistics;

public sealed class WinShareTests
{
    /// <summary>Newcombe 1998, table I, method 3 (Wilson without continuity correction).</summary>
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void WilsonsIntervalIsThePublishedOne(double wins, double of, double low, double high)
    {
        var interval = WinShare.Wilson(wins, of);
        Assert.Equal(low, interval.Low, 0.00006);
        Assert.Equal(high, interval.High, 0.00006);
    }

    [Fact]
    public void TiesCountHalf()
    {
        Assert.Equal(0.625, WinShare.Of([1, 2, 3, 4], [0, 2, 2, 5]).Mean);
        Assert.True(WinShare.Of([1, 2], [0, 0]).Low < 0.5);
        Assert.Throws<ArgumentException>(() => WinShare.Of([1], []));
    }
}

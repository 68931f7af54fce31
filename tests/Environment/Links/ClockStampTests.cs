using RlOffload.Environment.Links;

namespace RlOffload.Tests.Environment.Links;

public sealed class ClockStampTests
{
    [Theory]
    [InlineData("2019.12.14_10.28.16", "2019.12.14_10.28.17", 1)]
    [InlineData("2021-01-24 12:18:48", "2021-01-24 12:18:48.5", 0.5)]
    [InlineData("2021-01-24T12:18:48Z", "2021-01-24T13:18:49+01:00", 1)]
    public void ClockTimesAreReadAsTheDatasetsWriteThem(string from, string to, double seconds)
    {
        Assert.True(ClockStamp.TryTicks(from, out var a));
        Assert.True(ClockStamp.TryTicks(to, out var b));
        Assert.Equal(TimeSpan.FromSeconds(seconds).Ticks, b - a);
        Assert.False(ClockStamp.TryTicks(from + "x", out _));
    }
}

using RlOffload.Environment.Links;

namespace RlOffload.Tests.Environment.Links;

public sealed class TraceFormatTests
{
    [Fact]
    public void EveryFormatHasAName()
    {
        foreach (var format in Enum.GetValues<TraceFormat>())
            Assert.Equal(format, TraceFormats.ByName[TraceFormats.NameOf(format)]);
    }

    [Fact]
    public void UnitsAreFoundInAnyCase()
    {
        Assert.Equal(1e6, RateUnit.Named("mbit/s")?.BitsPerSecond);
        Assert.Equal(8, RateUnit.Named("bytes/s")?.BitsPerSecond);
        Assert.Null(RateUnit.Named("parsec"));
    }
}

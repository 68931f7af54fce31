using RlOffload.Environment;
using RlOffload.Environment.Links;

namespace RlOffload.Tests.Environment.Links;

public sealed class TextTraceReadersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TwoColumnsHoldSecondsAndMegabits()
    {
        var read = Read("10\t1.5\n11 0\n\n12.5  2e0\n");
        Assert.Equal(TraceFormat.TwoColumn, read.Format);
        Assert.Equal("two-column (s, Mbit/s)", read.Choice);
        Assert.Equal(3, read.Samples);
        Assert.Equal([1.5e6, 0, 2e6], Rates(read.Trace));
        Assert.Equal([0, 1, 2.5, 4], Enumerable.Range(0, 4).Select(read.Trace.StartOf));
    }

    [Fact]
    public void ACommaHoldsSecondsAndBytes()
    {
        var read = Read("1,100\r\n2,0\r\n3,50\r\n");
        Assert.Equal("comma-bytes (s, bytes/s)", read.Choice);
        Assert.Equal([800, 0, 400], Rates(read.Trace));
        Assert.Equal(3, read.Trace.DurationSeconds);
    }

    [Fact]
    public void MahimahiPacketsAreCountedInBinsUntilTheLastOne()
    {
        // ms 1-100 is the first bin; the file lasts until 260 ms, so the last bin is 60 ms wide.
        var read = Read("0\n50\n50\n100\n101\n260\n260\n260\n");
        Assert.Equal(TraceFormat.Mahimahi, read.Format);
        Assert.Equal(8, read.Samples);
        Assert.Equal(0.26, read.Trace.DurationSeconds, 12);
        double[] expected = [4 * 12000 / 0.1, 12000 / 0.1, 3 * 12000 / 0.06];
        for (var i = 0; i < 3; i++)
            Assert.Equal(expected[i], read.Trace.RateOf(i), 3);
        Assert.Equal(8 * 12000, read.Trace.BitsBetween(0, 0.26), 3);
    }

    [Fact]
    public void ARestShorterThanHalfABinBelongsToTheBinBefore()
    {
        var read = Read("100\n200\n201\n");
        Assert.Equal(2, read.Trace.Segments);
        Assert.Equal(0.201, read.Trace.DurationSeconds, 12);
        Assert.Equal(3 * 12000, read.Trace.BitsBetween(0, 0.201), 6);
    }

    [Fact]
    public void AMahimahiFileOfOnePacketAMillisecondIsTwelveMegabits()
    {
        // The fixed-rate example of mahimahi's own description.
        Assert.Equal(12e6, Read("1\n").Trace.RateAt(0.123), 3);
    }

    [Theory]
    [InlineData("0 1\n1 x\n", ":2: is '1 x', allowed is time in s and rate in Mbit/s")]
    [InlineData("0 1\n1 2 3\n", ":2: is '1 2 3', allowed is")]
    [InlineData("0 1\n1\n", ":2: is '1', allowed is")]
    [InlineData("0 1\n1 NaN\n", ":2: rate is NaN, allowed is a finite rate of 0 or more")]
    [InlineData("0 1\n1 -3\n", ":2: rate is -3, allowed is")]
    [InlineData("0 1\n1 1e400\n", ":2: rate is 1e400, allowed is")]
    [InlineData("0 1\nInfinity 1\n", ":2: time is")]
    [InlineData("0 1\n1721289494146 1\n", "is it in ms?")]
    [InlineData("0 1\n2 1\n1.5 1\n", ":3: time is 1.5 s after 2 s, allowed is time that does not go backwards")]
    [InlineData("0 1\n", "all samples are at 0 s, allowed are two times or more")]
    [InlineData("0 0\n1 0\n", "is 0 throughout")]
    [InlineData("5\n4\n", ":2: time is 4 ms after 5 ms, allowed is time that does not go backwards")]
    [InlineData("5\n6.5\n", ":2: is '6.5', allowed is one whole number of ms")]
    [InlineData("5\n-6\n", ":2: is '-6', allowed is one whole number of ms")]
    [InlineData("5\n99999999999999999999\n", ":2: is '99999999999999999999', allowed is one whole number of ms, 0 to 100000000")]
    [InlineData("0\n0\n", "all packets cross at 0 ms")]
    [InlineData("1,2\n2,\n", ":2: is '2,', allowed is time in s and rate in bytes/s, separated by a comma")]
    public void GarbageIsRefusedWithItsLine(string text, string reason)
    {
        var path = _folder.Write("trace", text);
        var message = Assert.Throws<InputException>(() => TraceFile.Read(path)).Message;
        Assert.StartsWith(path + ":", message);
        Assert.Contains(reason, message);
    }

    [Fact]
    public void AllProblemsOfAFileAreNamedAtOnceButNotEndlessly()
    {
        Assert.Equal(2, Problems("0 1\n1 x\n2 1\n3 -1\n").Count);
        var many = Problems(string.Concat(Enumerable.Repeat("0 1 2\n", 500)).Insert(0, "0 1\n"));
        Assert.Equal(11, many.Count);
        Assert.Contains("stopped after 10 problems", many[^1]);

        IReadOnlyList<string> Problems(string text) => Assert.Throws<InputException>(() => Read(text)).Problems;
    }

    private TraceReading Read(string text) => TraceFile.Read(_folder.Write("trace", text));

    private static double[] Rates(LinkTrace trace) => [.. Enumerable.Range(0, trace.Segments).Select(i => Math.Round(trace.RateOf(i), 6))];
}

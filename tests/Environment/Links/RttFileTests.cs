using RlOffload.Environment;
using RlOffload.Environment.Links;

namespace RlOffload.Tests.Environment.Links;

public sealed class RttFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("40\n41.5\n\n39\n", new[] { 40, 41.5, 39 })]
    [InlineData("2020-04-06 19:10:25.000000_86.0,2020-04-06 19:10:25.072000_72.5", new[] { 86, 72.5 })]
    [InlineData("pub_time(ms) delay(ms) x\n1 51 2 \n2 19 3 \n", new[] { 51.0, 19 })]
    [InlineData("protocol,rtt_in_ms,probe\nICMP,63.2,1\nICMP,-,2\nICMP,52,3\n", new[] { 63.2, 52 })]
    public void TimesAreFoundByContent(string text, double[] expected) => Assert.Equal(expected, RttFile.Read(_folder.Write("rtt", text)).Milliseconds);

    [Theory]
    [InlineData("", ":file: holds no round-trip time")]
    [InlineData("a b c\n", ":1: is 'a b c', allowed is one number of ms a line")]
    [InlineData("40\nx\n", ":2: round-trip time is 'x', allowed is 0 to 600000 ms")]
    [InlineData("40\n-1\n", ":2: round-trip time is '-1'")]
    [InlineData("40\nNaN\n", ":2: round-trip time is 'NaN'")]
    [InlineData("a,rtt_ms\n1\n2,5\n", ":2: is '1', which has fewer cells than the header up to its column rtt_ms by comma")]
    public void WhatIsNoTimeIsRefusedWithItsLine(string text, string reason)
    {
        var path = _folder.Write("rtt", text);
        var message = Assert.Throws<InputException>(() => RttFile.Read(path)).Message;
        Assert.StartsWith(path, message);
        Assert.Contains(reason, message);
    }

    [Fact]
    public void MeasuredTimesAreDrawn() => Assert.Equal(0.040, RttFile.Read(_folder.Write("rtt", "40\n")).Measured().MedianSeconds);

    [Fact]
    public void TheFirstTimesOfEachFileCanBeLeftOut()
    {
        _folder.Write("a", "300\n40\n41\n");
        _folder.Write("b", "310\n42\n");
        Assert.Equal([40, 41, 42], RttFile.Read([_folder.Root], skipFirst: 1).Milliseconds);
        Assert.Contains("b:file: holds no round-trip time after the first 2", Assert.Throws<InputException>(() => RttFile.Read([_folder.Root], skipFirst: 2)).Message);
    }

    [DataFact("traces/mecperf_rtt")]
    public void EveryMecperfFileIsRead()
    {
        var all = RttFile.Read(SharedData.At("traces/mecperf_rtt"));
        Assert.Equal((480, 480 * 25), (all.Files, all.Milliseconds.Length));
        var edge = RttFile.Read(Directory.GetFiles(SharedData.At("traces/mecperf_rtt"), "lte-TCPRTT-noise0M_Client_edge*"));
        var median = edge.Milliseconds.Order().ElementAt(edge.Milliseconds.Length / 2);
        Assert.InRange(median, 40, 42);
    }

    [DataFact("traces/cicv5g")]
    public void EveryCicvFileIsRead()
    {
        var all = RttFile.Read(SharedData.At("traces/cicv5g"));
        Assert.Equal(37, all.Files);
        Assert.Equal("column delay(ms) by white space", all.Choice);
        var urban = RttFile.Read(SharedData.At("traces/cicv5g/Urban_road/2-n78")).Milliseconds;
        Assert.InRange(urban.Average(), 16, 18);
    }

    [DataFact("traces/5gophers/ping")]
    public void EveryGophersLogIsRead()
    {
        var all = RttFile.Read([SharedData.At("traces/5gophers/ping"), SharedData.At("traces/5gophers/rtt_all_carriers.csv")]);
        Assert.Equal(24, all.Files);
        Assert.Equal("column rtt_in_ms by comma; column rtt_ms by comma", all.Choice);
    }
}

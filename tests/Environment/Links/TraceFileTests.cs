using RlOffload.Environment;
using RlOffload.Environment.Links;

namespace RlOffload.Tests.Environment.Links;

public sealed class TraceFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("0.0\t1.5\n1.0\t2\n", TraceFormat.TwoColumn)]
    [InlineData("10 73.0\n11 83.5\n", TraceFormat.TwoColumn)]
    [InlineData("\n  12\n12\n15\n", TraceFormat.Mahimahi)]
    [InlineData("1,589304\r\n2,1361176\r\n", TraceFormat.CommaBytes)]
    [InlineData("Timestamp,Speed,DL_bitrate,UL_bitrate\n2019.12.14_10.28.16,0,1,3\n", TraceFormat.Csv)]
    [InlineData("time_since_start,Throughput\n0,1\n", TraceFormat.Csv)]
    public void TheFormatIsFoundByContent(string text, TraceFormat format) => Assert.Equal(format, TraceFile.Detect(_folder.Write("trace", text)));

    [Theory]
    [InlineData("", ":file: is empty")]
    [InlineData("\n\n", ":file: holds no line")]
    [InlineData("1 2 3\n", ":1: is '1 2 3', which is no known format; allowed is one whole number a line (mahimahi)")]
    [InlineData("1.5\n2.5\n", ":1: is '1.5', which is no known format")]
    [InlineData("seq,rate_mbps\n1,2\n", "for this header --column and --unit, with one of: seq, rate_mbps")]
    [InlineData("{\"json\": true}\n", "which is no known format")]
    [InlineData("\0\u0001\u0002\n", ":1: is '???', which is no known format")]
    public void WhatIsNoTraceIsRefusedWithTheAllowedFormats(string text, string reason)
    {
        var path = _folder.Write("trace", text);
        var message = Assert.Throws<InputException>(() => TraceFile.Read(path)).Message;
        Assert.StartsWith(path + ":", message);
        Assert.Contains(reason, message);
    }

    [Fact]
    public void AFormatThatIsToldIsNotLookedFor()
    {
        // Two whole numbers by white space, but told to be something else.
        var path = _folder.Write("trace", "0,8\n1,16\n2,8\n");
        Assert.Equal(64, TraceFile.Read(path).Trace.RateAt(0));
        var message = Assert.Throws<InputException>(() => TraceFile.Read(path, new TraceReadOptions(TraceFormat.TwoColumn))).Message;
        Assert.Contains(":1: is '0,8', allowed is time in s and rate in Mbit/s, separated by white space", message);
    }

    [Fact]
    public void UnitAndScaleReplaceTheFormatsOwn()
    {
        var path = _folder.Write("trace", "0 8\n1 16\n");
        Assert.Equal(8e6, TraceFile.Read(path).Trace.RateAt(0));
        var read = TraceFile.Read(path, new TraceReadOptions(Unit: RateUnit.Kbit, Scale: 0.5));
        Assert.Equal(4000, read.Trace.RateAt(0));
        Assert.Equal("two-column (s, kbit/s x 0.5)", read.Choice);
    }

    [Fact]
    public void OptionsThatMakeNoSenseAreRefused()
    {
        var pairs = _folder.Write("pairs", "0 8\n1 16\n");
        var packets = _folder.Write("packets", "1\n2\n");
        Refused("--column", pairs, new(TraceFormat.TwoColumn, Column: "x"));
        Refused("--column", packets, new(TimeColumn: "x"));
        Refused("--unit", packets, new(Unit: RateUnit.Kbit));
        Refused("--scale", pairs, new(Scale: 0));
        Refused("--scale", pairs, new(Scale: double.NaN));
        Refused("cannot be read", _folder.At("absent"), new());

        static void Refused(string key, string path, TraceReadOptions options) =>
            Assert.Contains(key, Assert.Throws<InputException>(() => TraceFile.Read(path, options)).Message);
    }

    [Fact]
    public void ReadingKeepsNameAndFile()
    {
        var path = _folder.Write("a/b.txt", "0 8\n1 16\n");
        Assert.Equal("b.txt", TraceFile.Read(path).Trace.Name);
        Assert.Equal("x", TraceFile.Read(path, name: "x").Trace.Name);
        Assert.Equal(path, TraceFile.Read(path).Trace.File);
    }
}

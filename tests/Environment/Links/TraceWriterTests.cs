using RlOffload.Environment;
using RlOffload.Environment.Links;

namespace RlOffload.Tests.Environment.Links;

public sealed class TraceWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TwoColumnsAreReadBackAsTheSameTrace()
    {
        var trace = Random();
        var back = Back(trace, TraceWriter.TwoColumn, TraceFormat.TwoColumn);
        Assert.Equal(trace.Segments, back.Segments);
        for (var i = 0; i < trace.Segments; i++)
        {
            Assert.Equal(trace.StartOf(i), back.StartOf(i), 9);
            Assert.Equal(trace.RateOf(i), back.RateOf(i), 3);
        }
        Assert.Equal(trace.DurationSeconds, back.DurationSeconds, 9);
    }

    [Fact]
    public void MahimahiPacketsCarryTheSameBitsAtTheSameTime()
    {
        var trace = Random();
        var back = Back(trace, (t, w) => TraceWriter.Mahimahi(t, w), TraceFormat.Mahimahi);
        for (var t = 1.0; t < trace.DurationSeconds; t++)
            Assert.InRange(back.BitsBetween(0, t), trace.BitsBetween(0, t) - 3 * 12000, trace.BitsBetween(0, t) + 12000);
    }

    [DataFact("traces/mahimahi/Verizon-EVDO-driving.up")]
    public void ATraceOfPacketsKeepsEveryPacket()
    {
        var read = TraceFile.Read(SharedData.At("traces/mahimahi/Verizon-EVDO-driving.up"));
        var text = new StringWriter();
        Assert.Equal(read.Samples, TraceWriter.Mahimahi(read.Trace, text));
        var back = TraceFile.Read(_folder.Write("trace", text.ToString()));
        Assert.Equal(read.Samples, back.Samples);
        // Packets move within a bin of 0.1 s only.
        Assert.Equal(Enumerable.Range(0, 10_000).Select(i => Math.Round(read.Trace.RateOf(i))), Enumerable.Range(0, 10_000).Select(i => Math.Round(back.Trace.RateOf(i))));
    }

    private LinkTrace Back(LinkTrace trace, Action<LinkTrace, TextWriter> write, TraceFormat format)
    {
        var text = new StringWriter();
        write(trace, text);
        var read = TraceFile.Read(_folder.Write("trace", text.ToString()));
        Assert.Equal(format, read.Format);
        return read.Trace;
    }

    private static LinkTrace Random()
    {
        var rng = new Rng(2);
        var rates = new double[200];
        for (var i = 0; i < rates.Length; i++)
            rates[i] = rng.NextInt(4) == 0 ? 0 : 3e6 * rng.NextExponential();
        rates[^1] = 2e6;
        return LinkTrace.FromSamples("x", [.. Enumerable.Range(0, 200).Select(i => i * 0.1)], rates, 20);
    }
}

using System.Globalization;
using System.Text;
using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Training.Benchmarks.Fuzz.Mutations;

namespace RlOffload.Training.Benchmarks.Fuzz.Targets;

/// <summary>Link traces in every format that is read, told and by content, and round-trip times. The first byte of an input says how it is read, the rest is the file.</summary>
internal sealed class TraceTarget : IFuzzTarget
{
    private static readonly TraceReadOptions?[] Readers =
    [
        TraceReadOptions.ByContent, new(TraceFormat.TwoColumn), new(TraceFormat.CommaBytes), new(TraceFormat.Mahimahi), new(TraceFormat.Csv),
        new(TraceFormat.Csv, "rate", "time", RateUnit.Kbit, 0.5), new(Column: "rate", Unit: RateUnit.Mbit), null,
    ];

    private const string Clock = "2021-01-24 12:18:";

    private readonly string _file;
    private readonly Mutator _mutator;

    public TraceTarget(string folder)
    {
        _file = Path.Combine(folder, "trace");
        _mutator = new Mutator(InputShape.Text, [.. Seeds()]);
    }

    public byte[] Make(ref Rng rng) => _mutator.Make(ref rng);

    public bool Read(byte[] input)
    {
        var reader = input.Length == 0 ? TraceReadOptions.ByContent : Readers[input[0] % Readers.Length];
        InputFile.Write(_file, input.AsSpan(Math.Min(1, input.Length)));
        if (reader is null)
        {
            RttFile.Read(_file).Measured().Quantile(0.5);
            return true;
        }
        var trace = TraceFile.Read(_file, reader).Trace;
        TraceStatistics.Of(trace);
        foreach (var window in LinkWindows.Cut([trace], 20, 4))
        {
            trace.RateAt(window.Offset);
            trace.TimeToSend(window.Offset, 1e6);
            trace.BitsBetween(window.Offset, window.Offset + 20);
        }
        return true;
    }

    public void Dispose() => File.Delete(_file);

    private static IEnumerable<byte[]> Seeds()
    {
        static byte[] File(int reader, string text) => [(byte)reader, .. Encoding.UTF8.GetBytes(text)];
        static string Lines(int count, Func<int, FormattableString> line) => string.Concat(Enumerable.Range(0, count).Select(i => line(i).ToString(CultureInfo.InvariantCulture) + "\n"));
        static double Rate(int i) => 1 + (i * 7 % 11) / 4.0;
        var (pairs, commas, packets) = (Lines(40, i => $"{i * 0.5} {Rate(i)}"), Lines(40, i => $"{i},{Rate(i) * 1e5}"), Lines(60, i => $"{i * 13}"));
        var minneapolis = "time_since_start,Throughput,lte_rssi\n" + Lines(30, i => $"{i},{Rate(i)},-80");
        var irish = "Timestamp,Longitude,DL_bitrate,State\n" + Lines(30, i => $"2019.12.14_10.28.{i:00},{-8.5},{Rate(i) * 1000},D");
        var named = "time,rate,\"a, b\"\n" + Lines(30, i => $"{i},{Rate(i)},\"x\"");
        var clocked = "timestamp,rate\n" + Lines(30, i => $"{Clock}{i:00.0},{Rate(i)}");
        foreach (var text in (string[])[pairs, commas, packets, minneapolis, irish])
            yield return File(0, text);
        yield return File(1, pairs);
        yield return File(2, commas);
        yield return File(3, packets);
        yield return File(4, irish);
        yield return File(5, named);
        yield return File(6, clocked);
        yield return File(6, named);
        yield return File(7, Lines(30, i => $"{20 + i}"));
        yield return File(7, "seq,rtt_ms\n" + Lines(20, i => $"{i},{20 + i}"));
        yield return File(7, string.Join(',', Enumerable.Range(0, 20).Select(i => $"{Clock}{i:00}.5_{i + 20}")));
    }
}

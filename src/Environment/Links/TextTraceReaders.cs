using System.Globalization;

namespace RlOffload.Environment.Links;

/// <summary>The three formats without a header. Each reads all lines and reports what is wrong with which.</summary>
internal static class TextTraceReaders
{
    /// <summary>Bits of one delivery opportunity in a mahimahi file.</summary>
    public const double PacketBits = 1500 * 8;

    /// <summary>Width in s of the bins in which packets are counted.</summary>
    public const double PacketBin = 0.1;

    private const long LastMillisecond = 100_000_000;

    /// <summary>Time and rate in each line, separated by <paramref name="comma"/> or by white space.</summary>
    public static TraceReading Pairs(string path, string name, IEnumerable<string> lines, bool comma, RateUnit unit, double scale)
    {
        var samples = new TraceSamples(path);
        var layout = comma ? $"time in s and rate in {unit.Name}, separated by a comma" : $"time in s and rate in {unit.Name}, separated by white space";
        Span<Range> parts = stackalloc Range[4];
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            var text = line.AsSpan().Trim();
            if (text.IsEmpty)
                continue;
            var n = comma
                ? text.Split(parts, ',', StringSplitOptions.TrimEntries)
                : text.SplitAny(parts, " \t", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (n != 2 || !Number(text[parts[0]], out var seconds) || !Number(text[parts[1]], out var rate))
                samples.Problem(number, $"is '{Shorten(line)}', allowed is {layout}");
            else
                samples.Add(number, seconds, rate * unit.BitsPerSecond * scale, text[parts[1]].ToString());
        }
        var format = comma ? TraceFormat.CommaBytes : TraceFormat.TwoColumn;
        return samples.Finish(name, format, $"{TraceFormats.NameOf(format)} (s, {unit.Name}{Times(scale)})");
    }

    /// <summary>
    /// Counts delivery opportunities in bins of <see cref="PacketBin"/>. As in mahimahi, a packet of ms m crosses during the ms that ends at m, and the
    /// trace lasts until its last packet, after which it repeats; a rest shorter than half a bin belongs to the bin before.
    /// </summary>
    public static TraceReading Mahimahi(string path, string name, IEnumerable<string> lines, double scale)
    {
        var samples = new TraceSamples(path);
        const long binMs = (long)(PacketBin * 1000);
        List<int> packets = [];
        long last = 0, count = 0;
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            var text = line.AsSpan().Trim();
            if (text.IsEmpty)
                continue;
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) || ms > LastMillisecond)
            {
                samples.Problem(number, $"is '{Shorten(line)}', allowed is one whole number of ms, 0 to {LastMillisecond}");
                continue;
            }
            if (ms < last)
            {
                samples.Problem(number, $"time is {ms} ms after {last} ms, allowed is time that does not go backwards");
                continue;
            }
            last = ms;
            count++;
            while (packets.Count <= Math.Max(0, ms - 1) / binMs)
                packets.Add(0);
            packets[^1]++;
        }
        if (count > 0 && last == 0)
            samples.Problem(number, "all packets cross at 0 ms, allowed is a last packet at 1 ms or later (the trace lasts until then)");
        var rest = last - (packets.Count - 1) * binMs;
        if (packets.Count > 1 && rest < binMs / 2)
        {
            packets[^2] += packets[^1];
            packets.RemoveAt(packets.Count - 1);
            rest += binMs;
        }
        for (var i = 0; i < packets.Count && last > 0; i++)
        {
            var width = (i < packets.Count - 1 ? binMs : rest) / 1000.0;
            samples.Add(i + 1, i * binMs / 1000.0, packets[i] * PacketBits / width * scale, $"{packets[i]} packets in {width} s");
        }
        var reading = samples.Finish(name, TraceFormat.Mahimahi, $"mahimahi (ms, packets of 1500 bytes in bins of {PacketBin} s{Times(scale)})", rest / 1000.0);
        return reading with { Samples = (int)count };
    }

    public static bool Number(ReadOnlySpan<char> text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    public static string Shorten(string line) => line.Length <= 60 ? line.Trim() : line[..57].Trim() + "...";

    public static string Times(double scale) => scale == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" x {scale}");
}

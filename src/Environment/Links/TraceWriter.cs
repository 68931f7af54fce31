using System.Globalization;

namespace RlOffload.Environment.Links;

/// <summary>Writes a trace in a format that other tools read.</summary>
public static class TraceWriter
{
    /// <summary>Time in s and rate in Mbit/s, separated by a tab, one line a segment.</summary>
    public static void TwoColumn(LinkTrace trace, TextWriter to)
    {
        for (var i = 0; i < trace.Segments; i++)
            to.Write(string.Create(CultureInfo.InvariantCulture, $"{trace.StartOf(i)}\t{trace.RateOf(i) / 1e6}\n"));
    }

    /// <summary>
    /// For each packet of 1,500 bytes the ms at whose end it has crossed. Mahimahi repeats a file after its last packet, so what comes after that
    /// (less than a packet, or an outage at the end) is lost.
    /// </summary>
    /// <returns>Number of packets.</returns>
    public static long Mahimahi(LinkTrace trace, TextWriter to)
    {
        // Hairs that keep rounding from losing the last packet or moving one that ends with a ms into the next.
        var total = (long)Math.Floor(trace.BitsBetween(0, trace.DurationSeconds) / TextTraceReaders.PacketBits + 1e-6);
        for (var n = 1L; n <= total; n++)
        {
            var seconds = Math.Min(trace.TimeToSend(0, n * TextTraceReaders.PacketBits * (1 - 1e-12)), trace.DurationSeconds);
            to.Write(string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, (long)Math.Ceiling(seconds * 1000 - 1e-6))}\n"));
        }
        return total;
    }
}

namespace RlOffload.Environment.Links;

/// <summary>How a trace file is laid out.</summary>
public enum TraceFormat
{
    /// <summary>Time in s and rate in Mbit/s, separated by white space.</summary>
    TwoColumn,

    /// <summary>One integer a line: the ms at which one packet of 1,500 bytes can cross (Netravali et al. 2015, Mahimahi).</summary>
    Mahimahi,

    /// <summary>Time in s and rate in bytes/s, separated by a comma, without header.</summary>
    CommaBytes,

    /// <summary>Comma-separated with a header; one column holds the time, one the rate.</summary>
    Csv,
}

/// <summary>What the reader is told rather than left to find out. Null: decided by the file's content.</summary>
/// <param name="Column">Rate column of a CSV file.</param>
/// <param name="TimeColumn">Time column of a CSV file.</param>
/// <param name="Unit">Unit of the rates, instead of the format's own.</param>
/// <param name="Scale">Every rate is multiplied by this.</param>
public sealed record TraceReadOptions(TraceFormat? Format = null, string? Column = null, string? TimeColumn = null, RateUnit? Unit = null, double Scale = 1)
{
    public static readonly TraceReadOptions ByContent = new();
}

/// <summary>A trace with what was found out while reading it.</summary>
/// <param name="Choice">Format, columns and units, for the user to see.</param>
/// <param name="Samples">Lines that hold a rate (mahimahi: packets).</param>
/// <param name="Averaged">Samples that share their time with the one before and were averaged with it.</param>
/// <param name="Skipped">Lines without a value.</param>
/// <param name="Warnings">What the reader put right or found odd.</param>
public sealed record TraceReading(LinkTrace Trace, TraceFormat Format, string Choice, int Samples, int Averaged, int Skipped, IReadOnlyList<string> Warnings);

/// <summary>A unit of rates by its name and its size in bit/s.</summary>
public readonly record struct RateUnit(string Name, double BitsPerSecond)
{
    public static readonly RateUnit Mbit = new("Mbit/s", 1e6);
    public static readonly RateUnit Kbit = new("kbit/s", 1e3);
    public static readonly RateUnit Bytes = new("bytes/s", 8);

    public static readonly IReadOnlyList<RateUnit> All = [new("bit/s", 1), Kbit, Mbit, new("Gbit/s", 1e9), Bytes];

    /// <summary>The unit called <paramref name="name"/> in any case; null if there is none.</summary>
    public static RateUnit? Named(string name)
    {
        foreach (var unit in All)
            if (unit.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                return unit;
        return null;
    }
}

/// <summary>The names of formats on the command line and in configs.</summary>
public static class TraceFormats
{
    public static readonly IReadOnlyDictionary<string, TraceFormat> ByName = new SortedDictionary<string, TraceFormat>(StringComparer.Ordinal)
    {
        ["two-column"] = TraceFormat.TwoColumn,
        ["mahimahi"] = TraceFormat.Mahimahi,
        ["comma-bytes"] = TraceFormat.CommaBytes,
        ["csv"] = TraceFormat.Csv,
    };

    public static string NameOf(TraceFormat format) => ByName.First(f => f.Value == format).Key;
}

using System.Globalization;

namespace RlOffload.Environment.Links;

/// <summary>Wall-clock times as the datasets write them.</summary>
internal static class ClockStamp
{
    public const string Allowed = "a time such as 2021-01-24 12:18:48.5 or 2019.12.14_10.28.16";

    private static readonly string[] Formats =
    [
        "yyyy.MM.dd_HH.mm.ss", "yyyy-MM-dd HH:mm:ss.FFFFFFF", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss.FFFFFFFzzz", "yyyy/MM/dd HH:mm:ss.FFFFFFF",
    ];

    /// <summary>Ticks of 100 ns of a common clock; as whole numbers, so that differences of ms stay exact.</summary>
    public static bool TryTicks(string text, out long ticks)
    {
        var ok = DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time);
        ticks = ok ? time.UtcTicks : 0;
        return ok;
    }
}

namespace RlOffload.Environment.Links;

/// <summary>Window <paramref name="Index"/> of an evaluation: the stretch of a trace that begins at <paramref name="Offset"/> seconds.</summary>
/// <param name="Scale">Factor on the trace's rates.</param>
public readonly record struct LinkWindow(LinkTrace Trace, double Offset, int Index, double Scale = 1);

/// <summary>Chooses windows of equal length from traces of any length, the same ones each time.</summary>
public static class LinkWindows
{
    public const int Most = 200;

    /// <summary>
    /// Every trace gives a window before any gives two, until no trace has another full window or <paramref name="most"/> are chosen. The windows of a
    /// trace do not overlap and are spread evenly over it; one shorter than a window gives a single one, which wraps. Where there are more traces
    /// than windows, traces are taken at even distances in the given order. The first windows are one of each trace, so a prefix is balanced.
    /// </summary>
    public static IReadOnlyList<LinkWindow> Cut(IReadOnlyList<LinkTrace> traces, double seconds, int most = Most)
    {
        if (!(seconds > 0) || !double.IsFinite(seconds))
            throw new ArgumentOutOfRangeException(nameof(seconds), seconds, "a window needs a finite length above 0");
        if (most < 1)
            throw new ArgumentOutOfRangeException(nameof(most), most, "at least one window is needed");
        var chosen = traces.Count <= most ? [.. traces] : Enumerable.Range(0, most).Select(i => traces[(int)((long)i * traces.Count / most)]).ToArray();
        var fits = chosen.Select(t => Math.Max(1, (int)Math.Min(most, Math.Floor(t.DurationSeconds / seconds)))).ToArray();
        var counts = new int[chosen.Length];
        var total = 0;
        for (var round = 1; total < most; round++)
        {
            var before = total;
            for (var i = 0; i < chosen.Length && total < most; i++)
                if (fits[i] >= round)
                {
                    counts[i] = round;
                    total++;
                }
            if (total == before)
                break;
        }
        var windows = new List<LinkWindow>(total);
        for (var k = 0; windows.Count < total; k++)
            for (var i = 0; i < chosen.Length; i++)
                if (k < counts[i])
                    windows.Add(new LinkWindow(chosen[i], k * chosen[i].DurationSeconds / counts[i], windows.Count));
        return windows;
    }
}

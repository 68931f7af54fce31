using System.Globalization;

namespace RlOffload.Environment.Links;

/// <summary>Round-trip times read from files.</summary>
/// <param name="Milliseconds">In the order of the files.</param>
/// <param name="Choice">Formats found, for the user to see.</param>
public sealed record RttReading(double[] Milliseconds, string Choice, int Files, IReadOnlyList<string> Warnings)
{
    /// <summary>Draws from the measured times.</summary>
    public RttModel Measured() => RttModel.FromSamples(Milliseconds);
}

/// <summary>
/// Reads round-trip times in ms, by content: one number a line; a header that names a column of them (rtt_ms, rtt_in_ms, delay(ms), by commas
/// or white space); or items "time_milliseconds" separated by commas.
/// </summary>
public static class RttFile
{
    private const double Longest = 600_000;
    private const int MostProblems = 10;
    private static readonly string[] Columns = ["rtt_in_ms", "rtt_ms", "rtt(ms)", "rtt", "delay(ms)", "delay_ms"];

    /// <param name="paths">Files and folders; folders are walked like <see cref="TraceFolder"/> does.</param>
    /// <param name="skipFirst">How many times at the beginning of each file are left out, such as those in which a radio wakes up.</param>
    /// <exception cref="InputException">Any of the files holds no round-trip times; the problems of all files at once.</exception>
    public static RttReading Read(IEnumerable<string> paths, int skipFirst = 0)
    {
        var times = new List<double>();
        var choices = new SortedSet<string>(StringComparer.Ordinal);
        var problems = new List<string>();
        var missing = 0;
        var files = paths.SelectMany(TraceFolder.Files).ToList();
        foreach (var (path, _) in files)
        {
            var found = problems.Count;
            try
            {
                var before = times.Count;
                choices.Add(ReadOne(path, times, problems, ref missing));
                times.RemoveRange(before, Math.Min(skipFirst, times.Count - before));
                if (times.Count == before && problems.Count == found)
                    problems.Add($"{path}:file: holds no round-trip time{(skipFirst > 0 ? $" after the first {skipFirst}" : "")}, allowed is at least one");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                problems.Add($"{path}:file: cannot be read ({e.Message})");
            }
        }
        if (problems.Count > 0)
            throw new InputException([.. problems.Take(4 * MostProblems)]);
        return new RttReading([.. times], string.Join("; ", choices), files.Count, missing == 0 ? [] : [$"{missing} lines without a value; skipped"]);
    }

    public static RttReading Read(string path) => Read([path]);

    private static string ReadOne(string path, List<double> times, List<string> problems, ref int missing)
    {
        var start = problems.Count;
        Func<string, IEnumerable<string?>>? cells = null;
        var choice = "one number a line (ms)";
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            var text = line.Trim();
            if (text.Length == 0)
                continue;
            if (cells is null)
            {
                if (Layout(text) is not { } layout)
                {
                    problems.Add($"{path}:{number}: is '{TextTraceReaders.Shorten(text)}', allowed is one number of ms a line, items TIME_MILLISECONDS separated by commas, "
                        + $"or a header with one of the columns {string.Join(", ", Columns)}");
                    return choice;
                }
                (cells, choice) = (layout.Cells, layout.Choice);
                if (layout.Header)
                    continue;
            }
            foreach (var cell in cells(text))
            {
                if (cell is null)
                    problems.Add($"{path}:{number}: is '{TextTraceReaders.Shorten(text)}', which has fewer cells than the header up to its {choice}");
                else if (CsvTraceReader.IsMissing(cell))
                    missing++;
                else if (!TextTraceReaders.Number(cell, out var ms) || !(ms >= 0 && ms <= Longest))
                    problems.Add($"{path}:{number}: round-trip time is '{TextTraceReaders.Shorten(cell)}', allowed is 0 to {Longest.ToString(CultureInfo.InvariantCulture)} ms");
                else
                    times.Add(ms);
                if (problems.Count - start == MostProblems)
                    return choice;
            }
        }
        return choice;
    }

    /// <summary>How to find the times in the lines of a file that begins with <paramref name="first"/>; null if it is none of the layouts.</summary>
    private static (Func<string, IEnumerable<string?>> Cells, string Choice, bool Header)? Layout(string first)
    {
        if (TextTraceReaders.Number(first, out _))
            return (line => [line], "one number a line (ms)", false);
        var items = first.Split(',', StringSplitOptions.TrimEntries);
        if (items.All(i => i.LastIndexOf('_') is > 0 and var at && ClockStamp.TryTicks(i[..at], out _)))
            return (line => line.Split(',', StringSplitOptions.TrimEntries).Select(i => i[(i.LastIndexOf('_') + 1)..]), "items time_ms by comma", false);
        foreach (var spaced in new[] { false, true })
        {
            var header = Split(first, spaced);
            var column = Array.FindIndex(header, h => Columns.Contains(h, StringComparer.OrdinalIgnoreCase));
            if (column >= 0)
                return (line => [Split(line, spaced).ElementAtOrDefault(column)], $"column {header[column]} by {(spaced ? "white space" : "comma")}", true);
        }
        return null;
    }

    private static string[] Split(string line, bool spaced) =>
        spaced ? line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) : [.. CsvLine.Split(line)];
}

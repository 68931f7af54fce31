namespace RlOffload.Environment.Links;

/// <summary>Traces in comma-separated files with a header: known datasets by their columns, any other by the columns that the user names.</summary>
internal static class CsvTraceReader
{
    private static readonly (string Dataset, string Time, string Rate, RateUnit Unit)[] Known =
    [
        ("Irish 5G", "Timestamp", "DL_bitrate", RateUnit.Kbit),
        ("Minneapolis 5G", "time_since_start", "Throughput", RateUnit.Mbit),
    ];

    private static readonly string[] UsualTimeColumns = ["time_since_start", "timestamp", "time", "time_s", "td", "t", "seconds", "seq_num"];

    /// <summary>Whether the columns of <paramref name="header"/> are those of a dataset that needs no further options.</summary>
    public static bool Knows(IReadOnlyList<string> header) => Known.Any(k => header.Contains(k.Time) && header.Contains(k.Rate));

    public static TraceReading Read(string path, string name, IEnumerable<string> lines, TraceReadOptions options)
    {
        using var reader = lines.GetEnumerator();
        if (!reader.MoveNext())
            throw new InputException(path, "1", "is empty, allowed is a header with the names of the columns");
        var header = CsvLine.Split(reader.Current);
        var (time, rate, unit, dataset) = Columns(path, header, options);
        var choice = $"csv ({header[time]}; {header[rate]} in {unit.Name}{TextTraceReaders.Times(options.Scale)}{(dataset is null ? "" : ", " + dataset)})";
        var samples = new TraceSamples(path);
        var first = true;
        long origin = 0;
        for (var number = 2; reader.MoveNext(); number++)
        {
            if (reader.Current.AsSpan().Trim().IsEmpty)
                continue;
            var cells = CsvLine.Split(reader.Current);
            if (cells.Count != header.Count)
            {
                samples.Problem(number, $"has {cells.Count} cells, allowed is {header.Count} as in the header");
                continue;
            }
            var at = cells[time];
            if (IsMissing(at) || IsMissing(cells[rate]))
            {
                samples.Missing();
                continue;
            }
            if (first)
                samples.Clock = !TextTraceReaders.Number(at, out _);
            if (first && samples.Clock)
                ClockStamp.TryTicks(at, out origin);
            first = false;
            if (!Seconds(at, samples.Clock, origin, out var seconds))
                samples.Problem(number, $"{header[time]} is '{TextTraceReaders.Shorten(at)}', allowed is {(samples.Clock ? ClockStamp.Allowed : "a number of seconds as in the lines before")}");
            else if (!TextTraceReaders.Number(cells[rate], out var value))
                samples.Problem(number, $"{header[rate]} is '{TextTraceReaders.Shorten(cells[rate])}', allowed is a number in {unit.Name}, '-' or nothing");
            else
                samples.Add(number, seconds, value * unit.BitsPerSecond * options.Scale, cells[rate]);
        }
        return samples.Finish(name, TraceFormat.Csv, choice);
    }

    private static bool Seconds(string at, bool clock, long origin, out double seconds)
    {
        if (!clock)
            return TextTraceReaders.Number(at, out seconds);
        var ok = ClockStamp.TryTicks(at, out var ticks);
        seconds = (ticks - origin) / (double)TimeSpan.TicksPerSecond;
        return ok;
    }

    public static bool IsMissing(string cell) => cell is "" or "-";

    private static (int Time, int Rate, RateUnit Unit, string? Dataset) Columns(string path, IReadOnlyList<string> header, TraceReadOptions options)
    {
        var known = Known.FirstOrDefault(k => header.Contains(k.Time) && header.Contains(k.Rate));
        var problems = new List<string>();
        var rate = -1;
        var unit = options.Unit;
        if (options.Column is { } column)
        {
            rate = IndexOf(header, column);
            if (rate < 0)
                problems.Add($"{path}:1: there is no column '{column}', allowed for --column is one of: {string.Join(", ", header)}");
            // The known unit belongs to the known column only.
            unit ??= column == known.Rate ? known.Unit : null;
            if (unit is null)
                problems.Add($"{path}:1: the unit of '{column}' is not known, allowed for --unit is {string.Join(", ", RateUnit.All.Select(u => u.Name))}");
        }
        else if (known.Rate is not null)
        {
            rate = IndexOf(header, known.Rate);
            unit ??= known.Unit;
        }
        else
            problems.Add($"{path}:1: the columns are of no known dataset; name the rate by --column NAME and --unit UNIT, allowed is one of: {string.Join(", ", header)}");

        var time = options.TimeColumn is { } named ? IndexOf(header, named)
            : known.Time is not null ? IndexOf(header, known.Time)
            : UsualTimeColumns.Select(c => IndexOf(header, c)).FirstOrDefault(i => i >= 0, -1);
        if (time < 0)
            problems.Add(options.TimeColumn is { } absent
                ? $"{path}:1: there is no column '{absent}', allowed for --time-column is one of: {string.Join(", ", header)}"
                : $"{path}:1: no column is called {string.Join(", ", UsualTimeColumns)}; name the time by --time-column NAME, allowed is one of: {string.Join(", ", header)}");
        return problems.Count == 0 ? (time, rate, unit!.Value, options.Column is null || options.Column == known.Rate ? known.Dataset : null) : throw new InputException(problems);
    }

    private static int IndexOf(IReadOnlyList<string> header, string name)
    {
        for (var i = 0; i < header.Count; i++)
            if (header[i] == name)
                return i;
        for (var i = 0; i < header.Count; i++)
            if (header[i].Equals(name, StringComparison.OrdinalIgnoreCase))
                return i;
        return -1;
    }
}

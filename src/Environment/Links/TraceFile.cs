namespace RlOffload.Environment.Links;

/// <summary>Reads one trace file as it is; the format is told or found by content.</summary>
public static class TraceFile
{
    private const int LongestFirstLine = 100_000;

    /// <param name="path">The file.</param>
    /// <param name="options">What is told; null finds everything by content.</param>
    /// <param name="name">Name of the trace; null takes the file's.</param>
    /// <exception cref="InputException">The file cannot be read, or something in it cannot be: file, line, value and what is allowed.</exception>
    public static TraceReading Read(string path, TraceReadOptions? options = null, string? name = null)
    {
        options ??= TraceReadOptions.ByContent;
        name ??= Path.GetFileName(path);
        try
        {
            var format = options.Format ?? (options.Column is null ? Detect(path) : TraceFormat.Csv);
            Refuse(path, format, options);
            var lines = File.ReadLines(path);
            return format switch
            {
                TraceFormat.TwoColumn => TextTraceReaders.Pairs(path, name, lines, comma: false, options.Unit ?? RateUnit.Mbit, options.Scale),
                TraceFormat.CommaBytes => TextTraceReaders.Pairs(path, name, lines, comma: true, options.Unit ?? RateUnit.Bytes, options.Scale),
                TraceFormat.Mahimahi => TextTraceReaders.Mahimahi(path, name, lines, options.Scale),
                _ => CsvTraceReader.Read(path, name, lines, options),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(path, "file", $"cannot be read ({e.Message})");
        }
    }

    /// <summary>
    /// By the first line that is not blank: one whole number is mahimahi; two numbers by white space are s and Mbit/s; two by a comma are s and
    /// bytes/s; a header whose columns are known is that dataset's CSV.
    /// </summary>
    /// <exception cref="InputException">It is none of these.</exception>
    public static TraceFormat Detect(string path)
    {
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            var text = line.Trim();
            if (text.Length == 0)
                continue;
            if (text.Length > LongestFirstLine)
                break;
            if (text.All(char.IsAsciiDigit))
                return TraceFormat.Mahimahi;
            var spaced = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (spaced.Length == 2 && AllNumbers(spaced))
                return TraceFormat.TwoColumn;
            var cells = CsvLine.Split(text);
            if (cells.Count == 2 && AllNumbers(cells))
                return TraceFormat.CommaBytes;
            if (CsvTraceReader.Knows(cells))
                return TraceFormat.Csv;
            var header = cells.Count > 1 && cells.All(c => c.Any(char.IsLetter) && !c.Any(char.IsControl));
            throw new InputException(path, number.ToString(), $"is '{Printable(text)}', which is no known format; allowed is one whole number a line (mahimahi), two numbers "
                + "a line by white space (s, Mbit/s) or by a comma (s, bytes/s), the header of a known dataset, or another one by --format "
                + string.Join("|", TraceFormats.ByName.Keys)
                + (header ? $"; for this header --column and --unit, with one of: {string.Join(", ", cells)}" : ""));
        }
        throw new InputException(path, "file", number == 0 ? "is empty, allowed is a trace" : "holds no line of text that could be a trace");
    }

    private static void Refuse(string path, TraceFormat format, TraceReadOptions options)
    {
        if (!(options.Scale > 0) || !double.IsFinite(options.Scale))
            throw new InputException(path, "--scale", $"is {options.Scale}, allowed is a finite number above 0");
        if (format != TraceFormat.Csv && (options.Column ?? options.TimeColumn) is not null)
            throw new InputException(path, "--column", $"names a column, but {TraceFormats.NameOf(format)} has none, allowed is --format csv");
        if (format == TraceFormat.Mahimahi && options.Unit is { } unit)
            throw new InputException(path, "--unit", $"is {unit.Name}, but a mahimahi file counts packets of 1500 bytes, allowed is no unit (or --scale)");
    }

    private static bool AllNumbers(IEnumerable<string> cells) => cells.All(c => TextTraceReaders.Number(c, out _));

    private static string Printable(string text) => TextTraceReaders.Shorten(new string([.. text.Select(c => char.IsControl(c) ? '?' : c)]));
}

using System.Globalization;
using RlOffload.Environment.Links;

namespace RlOffload.Environment.Profiles.Imports;

/// <summary>One CSV file of published measurements; cells are asked for by column, and what is wrong names file and line.</summary>
internal sealed class ImportTable
{
    private readonly Dictionary<string, int> _columns;

    private ImportTable(string path, Dictionary<string, int> columns, IReadOnlyList<ImportRow> rows) => (Path, _columns, Rows) = (path, columns, rows);

    public string Path { get; }
    public IReadOnlyList<ImportRow> Rows { get; private init; }

    /// <exception cref="InputException">The file is missing, lacks a column, or has a line of another length.</exception>
    public static ImportTable Read(string path, params string[] columns)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(path, "file", $"cannot be read ({e.Message}); allowed is a CSV file with the columns {string.Join(", ", columns)}");
        }
        var header = lines.Length == 0 ? [] : CsvLine.Split(lines[0]);
        if (columns.Except(header).ToList() is { Count: > 0 } missing)
            throw new InputException(path, "1", $"lacks the column {string.Join(", ", missing)}, allowed is a header with {string.Join(", ", columns)}");
        var rows = new List<ImportRow>(lines.Length);
        var table = new ImportTable(path, columns.ToDictionary(c => c, c => header.ToList().IndexOf(c)), rows);
        for (var i = 1; i < lines.Length; i++)
        {
            if (lines[i].Length == 0)
                continue;
            var cells = CsvLine.Split(lines[i]);
            rows.Add(cells.Count == header.Count ? new(table, i + 1, cells)
                : throw new InputException(path, $"{i + 1}", $"has {cells.Count} cells, allowed is {header.Count} as in the header"));
        }
        return table;
    }

    internal int ColumnOf(string name) => _columns[name];
}

internal readonly record struct ImportRow(ImportTable Table, int Line, IReadOnlyList<string> Cells)
{
    public string Text(string column) => Cells[Table.ColumnOf(column)];

    /// <summary>Largest number that is measured: of ms, 30,000 years; sums and products of a table of these stay finite.</summary>
    private const double Largest = 1e15;

    /// <summary>0 to <see cref="Largest"/>.</summary>
    public double Number(string column) =>
        double.TryParse(Text(column), NumberStyles.Float, CultureInfo.InvariantCulture, out var x) && x is >= 0 and <= Largest ? x
        : throw new InputException(Table.Path, $"{Line}", $"{column} is '{Text(column)}', allowed is a number from 0 to 1e15");

    public int Whole(string column) =>
        int.TryParse(Text(column), NumberStyles.None, CultureInfo.InvariantCulture, out var x) ? x
        : throw new InputException(Table.Path, $"{Line}", $"{column} is '{Text(column)}', allowed is a whole number of 0 or more");
}

using System.Text;

namespace RlOffload.Environment.Links;

/// <summary>Cells of one line of comma-separated text; double quotes keep commas together (RFC 4180, without line breaks in a cell).</summary>
internal static class CsvLine
{
    public static IReadOnlyList<string> Split(string line)
    {
        if (!line.Contains('"'))
            return [.. line.Split(',', StringSplitOptions.TrimEntries)];
        var cells = new List<string>();
        var cell = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (quoted && c == '"' && i + 1 < line.Length && line[i + 1] == '"')
                cell.Append(line[i++]);
            else if (c == '"')
                quoted = !quoted;
            else if (c == ',' && !quoted)
            {
                cells.Add(cell.ToString().Trim());
                cell.Clear();
            }
            else
                cell.Append(c);
        }
        cells.Add(cell.ToString().Trim());
        return cells;
    }
}

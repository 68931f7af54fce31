using System.Text;

namespace RlOffload.Training.Reports;

/// <summary>Lines in a terminal, eight dots a character (Unicode's braille patterns, U+2800).</summary>
public static class BraillePlot
{
    /// <summary>Bits of the dots of a character, by row and column.</summary>
    private static readonly byte[,] Dots = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } };

    /// <param name="lines">Points by rising X; those of a sparse line are dots of their own, as for the ends of an interval.</param>
    /// <param name="columns">Characters across, beside the labels.</param>
    /// <param name="rows">Characters up.</param>
    /// <returns>Text lines: the plot with its vertical axis, then the horizontal one. None where there are fewer than two points.</returns>
    public static IReadOnlyList<string> Draw(IReadOnlyList<(IReadOnlyList<(double X, double Y)> Points, bool Sparse)> lines, int columns, int rows, string across)
    {
        var all = lines.SelectMany(l => l.Points).Where(p => double.IsFinite(p.Y)).ToList();
        if (all.Select(p => p.X).Distinct().Count() < 2)
            return [];
        var (left, right, low, high) = (all.Min(p => p.X), all.Max(p => p.X), all.Min(p => p.Y), all.Max(p => p.Y));
        if (high <= low)
            (low, high) = (low - 0.5, high + 0.5);
        var (width, height) = (2 * columns, 4 * rows);
        var cells = new byte[rows, columns];
        void Set(int x, int y) => cells[y / 4, x / 2] |= Dots[y % 4, x % 2];
        int X(double x) => (int)Math.Round((x - left) / (right - left) * (width - 1));
        int Y(double y) => (int)Math.Round((high - y) / (high - low) * (height - 1));
        foreach (var (points, sparse) in lines)
            for (var i = 0; i < points.Count; i++)
            {
                var (x, y) = (X(points[i].X), Y(points[i].Y));
                var (fromX, fromY) = i == 0 || sparse ? (x, y) : (X(points[i - 1].X), Y(points[i - 1].Y));
                var steps = Math.Max(1, Math.Max(Math.Abs(x - fromX), Math.Abs(y - fromY)));
                for (var s = 0; s <= steps; s++)
                    Set(fromX + (x - fromX) * s / steps, fromY + (y - fromY) * s / steps);
            }
        return [.. Rows(cells, low, high), Beneath(columns, left, right, across)];
    }

    private static IEnumerable<string> Rows(byte[,] cells, double low, double high)
    {
        var (rows, columns) = (cells.GetLength(0), cells.GetLength(1));
        for (var r = 0; r < rows; r++)
        {
            var label = r == 0 || r == rows - 1 || r == rows / 2 ? Figures.Number(high - (high - low) * r / (rows - 1), 3) : "";
            var text = new StringBuilder($"{label,8} ┤");
            for (var c = 0; c < columns; c++)
                text.Append((char)(0x2800 + cells[r, c]));
            yield return text.ToString();
        }
    }

    private static string Beneath(int columns, double left, double right, string across)
    {
        var (first, last) = (Figures.Number(left, 0), Figures.Number(right, 0) + " " + across);
        return $"{"",10}{first}{last.PadLeft(Math.Max(last.Length + 1, columns - first.Length))}";
    }
}

namespace RlOffload.Inference.Images;

/// <summary>The five filters of a PNG row (ISO/IEC 15948, 9.2): each byte is the difference from what its neighbours foretell.</summary>
internal static class PngFilter
{
    /// <param name="row">Filtered bytes, replaced by the plain ones.</param>
    /// <param name="above">The plain row before it; zeros before the first.</param>
    /// <param name="step">Bytes from a pixel to the next, at least 1.</param>
    /// <returns>False where there is no such filter.</returns>
    public static bool Undo(byte filter, Span<byte> row, ReadOnlySpan<byte> above, int step)
    {
        if (filter > 4)
            return false;
        for (var i = 0; i < row.Length && filter > 0; i++)
        {
            // a, b and c of the standard: left, above, above left.
            var a = i >= step ? row[i - step] : 0;
            var b = above[i];
            var c = i >= step ? above[i - step] : 0;
            row[i] += (byte)(filter switch
            {
                1 => a,
                2 => b,
                3 => (a + b) / 2,
                _ => Paeth(a, b, c),
            });
        }
        return true;
    }

    private static int Paeth(int a, int b, int c)
    {
        var p = a + b - c;
        var (pa, pb, pc) = (Math.Abs(p - a), Math.Abs(p - b), Math.Abs(p - c));
        return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
    }
}

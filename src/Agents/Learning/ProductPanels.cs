using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RlOffload.Agents.Learning;

/// <summary>Operands of a product, copied into the order in which its tiles read them.</summary>
internal static unsafe class ProductPanels
{
    /// <summary>Panels of b [depth, n]: panel[k][vectors of a tile].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void OfRows(float* b, int stride, int depth, float* panels)
    {
        nint width = Vector<float>.Count, step = stride;
        for (var j = 0; j < stride;)
        {
            nint vectors = ProductTile.Vectors(stride - j);
            var from = b + j;
            for (var k = 0; k < depth; k++, from += step, panels += vectors * width)
            {
                Vector.Load(from).Store(panels);
                if (vectors > 1)
                    Vector.Load(from + width).Store(panels + width);
                if (vectors > 2)
                    Vector.Load(from + 2 * width).Store(panels + 2 * width);
            }
            j += (int)(vectors * width);
        }
    }

    /// <summary>
    /// Panels of b^T for b [n, depth], up to the padded width of the result; rows of b that do not exist are zero. Blocks of 4 x 4 are turned in registers, a few k at
    /// once, so that the lines written are filled.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void OfColumns(float* b, in Matrix matrix, int depth, float* panels)
    {
        const int Few = 16;
        nint stride = matrix.Stride;
        var padded = Matrix.PaddedWidth(matrix.Rows);
        for (int j = 0, columns; j < padded; j += columns, panels += (nint)columns * depth)
        {
            columns = ProductTile.Vectors(padded - j) * Vector<float>.Count;
            for (nint from = 0; from < depth; from += Few)
                for (var column = 0; column < columns; column += 4)
                {
                    float* row = b + (j + column) * stride + from, to = panels + from * columns + column;
                    // Rows are padded, so a block may begin within the depth and end beyond it: the panel that comes next overwrites what that writes.
                    var end = row + Math.Min(Few, depth - from);
                    var present = matrix.Rows - j - column;
                    if (present >= 4)
                        for (; row < end; row += 4, to += 4 * columns)
                            FourByFour.Turn(Vector128.Load(row), Vector128.Load(row + stride), Vector128.Load(row + 2 * stride), Vector128.Load(row + 3 * stride), to, columns);
                    else
                        for (; row < end; row += 4, to += 4 * columns)
                            FourByFour.Turn(
                                present > 0 ? Vector128.Load(row) : default, present > 1 ? Vector128.Load(row + stride) : default,
                                present > 2 ? Vector128.Load(row + 2 * stride) : default, default, to, columns);
                }
        }
    }

    /// <summary>Panels of a^T for a [depth, m]: panel[k][rows of a tile]. A few k at once: the lines read serve several panels, those written are filled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void OfTileRows(float* a, int stride, int columns, int depth, float* panels)
    {
        const int Few = 16;
        var tile = ProductTile.Rows;
        var whole = columns / tile * tile;
        for (var from = 0; from < depth; from += Few)
        {
            var end = Math.Min(from + Few, depth);
            for (var i = 0; i < columns; i += tile)
            {
                float* row = a + (nint)from * stride + i, to = panels + (nint)i * depth + from * tile;
                for (var k = from; k < end; k++, row += stride, to += tile)
                    if (i < whole)
                    {
                        Vector128.Load(row).Store(to);
                        if (tile == 8)
                            Vector128.Load(row + 4).Store(to + 4);
                        else
                            *(ulong*)(to + 4) = *(ulong*)(row + 4);
                    }
                    else
                        for (var rest = 0; rest < columns - whole; rest++)
                            to[rest] = row[rest];
            }
        }
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;

namespace RlOffload.Agents.Learning;

/// <summary>
/// The three matrix products of a dense layer, into a result that is overwritten. Owns scratch memory: one thread, one instance.
/// Register-blocked on portable <see cref="Vector{T}"/>: a tile of 6 rows x 2 vectors is summed in 12 registers while
/// b's columns stream from packed panels (the scheme of Goto and van de Geijn 2008, "Anatomy of High-Performance Matrix
/// Multiplication"). Every element is summed over k in order, so results do not depend on the vector width; they repeat bit by bit.
/// </summary>
public sealed unsafe class VectorProduct
{
    private const int TileRows = 6;

    /// <summary>k is taken in blocks: a panel of 256 x 2 vectors (16 KB with 8 lanes) stays in the first-level cache.</summary>
    private const int DepthBlock = 256;

    private static int TileColumns => 2 * Vector<float>.Count;

    private readonly int _widest;
    private readonly Memory<float> _panelsA;
    private readonly Memory<float> _panelsB;

    /// <param name="widest">the largest number of columns of any operand or result.</param>
    public VectorProduct(int widest)
    {
        _widest = widest;
        _panelsA = AlignedFloats.Allocate(DepthBlock * RoundUp(widest, TileRows));
        _panelsB = AlignedFloats.Allocate(DepthBlock * RoundUp(Matrix.PaddedWidth(widest), TileColumns));
    }

    /// <summary>c [m,n] = a [m,k] b [k,n]: the forward pass, Y = X W.</summary>
    public void NN(in Matrix a, in Matrix b, in Matrix c)
    {
        Check(a.Rows, a.Columns, b.Rows, b.Columns, c);
        fixed (float* pa = a.Span, pb = b.Span, pc = c.Span, panelsB = _panelsB.Span)
        {
            for (var k = 0; k < b.Rows; k += DepthBlock)
            {
                var depth = Math.Min(DepthBlock, b.Rows - k);
                PackRows(pb + (nint)k * b.Stride, b.Stride, depth, panelsB);
                Tiles(pa + k, TileRows * a.Stride, a.Stride, 1, panelsB, depth, pc, c, k > 0);
            }
        }
    }

    /// <summary>c [m,n] = a [m,k] b^T with b [n,k]: the gradient of the input, dX = dY W^T.</summary>
    public void NT(in Matrix a, in Matrix b, in Matrix c)
    {
        Check(a.Rows, a.Columns, b.Columns, b.Rows, c);
        fixed (float* pa = a.Span, pb = b.Span, pc = c.Span, panelsB = _panelsB.Span)
        {
            for (var k = 0; k < b.Columns; k += DepthBlock)
            {
                var depth = Math.Min(DepthBlock, b.Columns - k);
                PackColumns(pb + k, b, depth, panelsB);
                Tiles(pa + k, TileRows * a.Stride, a.Stride, 1, panelsB, depth, pc, c, k > 0);
            }
        }
    }

    /// <summary>c [m,n] = a^T b with a [k,m], b [k,n]: the gradient of the weights, dW = X^T dY.</summary>
    public void TN(in Matrix a, in Matrix b, in Matrix c)
    {
        if (c.Rows != a.Columns)
            throw new ArgumentException($"[{a.Rows},{a.Columns}]^T x [{b.Rows},{b.Columns}] does not give [{c.Rows},{c.Columns}]");
        TN(a, b, c, 0);
    }

    /// <summary>Only rows <paramref name="first"/> .. of a^T b, as many as c has.</summary>
    public void TN(in Matrix a, in Matrix b, in Matrix c, int first)
    {
        if (first + c.Rows > a.Columns)
            throw new ArgumentException($"rows {first} to {first + c.Rows} of a product of {a.Columns}");
        Check(c.Rows, a.Rows, b.Rows, b.Columns, c);
        Check(a.Columns);
        fixed (float* pa = a.Span, pb = b.Span, pc = c.Span, panelsA = _panelsA.Span, panelsB = _panelsB.Span)
        {
            for (var k = 0; k < b.Rows; k += DepthBlock)
            {
                var depth = Math.Min(DepthBlock, b.Rows - k);
                PackSixes(pa + (nint)k * a.Stride + first, a.Stride, c.Rows, depth, panelsA);
                PackRows(pb + (nint)k * b.Stride, b.Stride, depth, panelsB);
                Tiles(panelsA, TileRows * depth, 1, TileRows, panelsB, depth, pc, c, k > 0);
            }
        }
    }

    private void Check(int rows, int depthA, int depthB, int columns, in Matrix c)
    {
        if (depthA != depthB || c.Rows != rows || c.Columns != columns)
            throw new ArgumentException($"[{rows},{depthA}] x [{depthB},{columns}] does not give [{c.Rows},{c.Columns}]");
        Check(columns);
    }

    private void Check(int columns)
    {
        if (columns > _widest)
            throw new ArgumentException($"{columns} columns in a product built for at most {_widest}");
    }

    /// <summary>All tiles of c for one block of k. Columns outside, so that one panel of b serves every row while it is cached.</summary>
    private static void Tiles(
        float* a, int aPanel, int aRow, int aStep, float* panelsB, int depth, float* pc, in Matrix c, bool accumulate)
    {
        for (var j = 0; j < c.Stride; j += TileColumns)
        {
            var wide = j + Vector<float>.Count < c.Stride;
            var panel = panelsB + (nint)j * depth;
            var panelA = a;
            for (var i = 0; i < c.Rows; i += TileRows, panelA += aPanel)
                Tile(panelA, aRow, aStep, panel, depth, pc + (nint)i * c.Stride + j, c.Stride, Math.Min(TileRows, c.Rows - i), wide, accumulate);
        }
    }

    /// <summary>c[0..rows, 0..2 vectors] (+)= a[rows, depth] panel[depth, 2 vectors]; element (i, k) of a lies at i aRow + k aStep.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)] // within a caller its sums may not stay in registers
    private static void Tile(
        float* a, nint aRow, nint aStep, float* panel, int depth, float* c, nint cRow, int rows, bool wide, bool accumulate)
    {
        var width = Vector<float>.Count;
        // Rows past the edge repeat row 0 and are not stored.
        var a1 = rows > 1 ? a + aRow : a;
        var a2 = rows > 2 ? a + 2 * aRow : a;
        var a3 = rows > 3 ? a + 3 * aRow : a;
        var a4 = rows > 4 ? a + 4 * aRow : a;
        var a5 = rows > 5 ? a + 5 * aRow : a;
        Vector<float> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
        Vector<float> c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
        if (accumulate)
        {
            Read(c, wide, out c00, out c01);
            if (rows > 1) Read(c + cRow, wide, out c10, out c11);
            if (rows > 2) Read(c + 2 * cRow, wide, out c20, out c21);
            if (rows > 3) Read(c + 3 * cRow, wide, out c30, out c31);
            if (rows > 4) Read(c + 4 * cRow, wide, out c40, out c41);
            if (rows > 5) Read(c + 5 * cRow, wide, out c50, out c51);
        }
        nint at = 0;
        for (var end = panel + (nint)depth * 2 * width; panel < end; panel += 2 * width, at += aStep)
        {
            var b0 = Vector.Load(panel);
            var b1 = Vector.Load(panel + width);
            // MultiplyAddEstimate is a fused multiply-add where the machine has one and stays fast where it has not.
            var x = Vector.Create(a[at]);
            c00 = Vector.MultiplyAddEstimate(x, b0, c00);
            c01 = Vector.MultiplyAddEstimate(x, b1, c01);
            x = Vector.Create(a1[at]);
            c10 = Vector.MultiplyAddEstimate(x, b0, c10);
            c11 = Vector.MultiplyAddEstimate(x, b1, c11);
            x = Vector.Create(a2[at]);
            c20 = Vector.MultiplyAddEstimate(x, b0, c20);
            c21 = Vector.MultiplyAddEstimate(x, b1, c21);
            x = Vector.Create(a3[at]);
            c30 = Vector.MultiplyAddEstimate(x, b0, c30);
            c31 = Vector.MultiplyAddEstimate(x, b1, c31);
            x = Vector.Create(a4[at]);
            c40 = Vector.MultiplyAddEstimate(x, b0, c40);
            c41 = Vector.MultiplyAddEstimate(x, b1, c41);
            x = Vector.Create(a5[at]);
            c50 = Vector.MultiplyAddEstimate(x, b0, c50);
            c51 = Vector.MultiplyAddEstimate(x, b1, c51);
        }
        Write(c, wide, c00, c01);
        if (rows > 1) Write(c + cRow, wide, c10, c11);
        if (rows > 2) Write(c + 2 * cRow, wide, c20, c21);
        if (rows > 3) Write(c + 3 * cRow, wide, c30, c31);
        if (rows > 4) Write(c + 4 * cRow, wide, c40, c41);
        if (rows > 5) Write(c + 5 * cRow, wide, c50, c51);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Read(float* c, bool wide, out Vector<float> left, out Vector<float> right)
    {
        left = Vector.Load(c);
        right = wide ? Vector.Load(c + Vector<float>.Count) : default;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(float* c, bool wide, Vector<float> left, Vector<float> right)
    {
        left.Store(c);
        if (wide)
            right.Store(c + Vector<float>.Count);
    }

    /// <summary>Panels of b [depth, n]: panel[k][2 vectors].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackRows(float* b, int stride, int depth, float* panels)
    {
        for (var j = 0; j < stride; j += TileColumns)
        {
            var wide = j + Vector<float>.Count < stride;
            var from = b + j;
            for (var k = 0; k < depth; k++, from += stride, panels += TileColumns)
            {
                Read(from, wide, out var left, out var right);
                Write(panels, true, left, right);
            }
        }
    }

    /// <summary>Panels of b^T for b [n, depth], up to the padded width of the result; rows of b that do not exist are zero. Two rows at once, two numbers of each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackColumns(float* b, in Matrix matrix, int depth, float* panels)
    {
        nint stride = matrix.Stride, columns = TileColumns;
        for (var j = 0; j < Matrix.PaddedWidth(matrix.Rows); j += TileColumns, panels += columns * depth)
            for (var column = 0; column < columns; column += 2)
            {
                var present = matrix.Rows - j - column;
                float* first = present > 0 ? b + (j + column) * stride : b, second = present > 1 ? first + stride : b, to = panels + column;
                var (keepsFirst, keepsSecond) = (present > 0 ? ulong.MaxValue : 0, present > 1 ? ulong.MaxValue : 0);
                // Rows are padded to an even length, so the last pair may begin within the depth and end beyond it.
                for (var k = 0; k < depth; k += 2, to += 2 * columns)
                {
                    var (x, y) = (*(ulong*)(first + k) & keepsFirst, *(ulong*)(second + k) & keepsSecond);
                    *(ulong*)to = (uint)x | y << 32;
                    if (k + 1 < depth)
                        *(ulong*)(to + columns) = x >> 32 | y >> 32 << 32;
                }
            }
    }

    /// <summary>Panels of a^T for a [depth, m]: panel[k][6 rows of the result]. A few k at once: the lines read serve several panels, those written are filled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackSixes(float* a, int stride, int columns, int depth, float* panels)
    {
        const int Few = 16;
        var whole = columns / TileRows * TileRows;
        for (var from = 0; from < depth; from += Few)
        {
            var end = Math.Min(from + Few, depth);
            for (var i = 0; i < columns; i += TileRows)
            {
                float* row = a + (nint)from * stride + i, to = panels + (nint)i * depth + from * TileRows;
                for (var k = from; k < end; k++, row += stride, to += TileRows)
                    if (i < whole)
                    {
                        *(ulong*)to = *(ulong*)row;
                        *(ulong*)(to + 2) = *(ulong*)(row + 2);
                        *(ulong*)(to + 4) = *(ulong*)(row + 4);
                    }
                    else
                        for (var rest = 0; rest < columns - whole; rest++)
                            to[rest] = row[rest];
            }
        }
    }

    private static int RoundUp(int value, int step) => (value + step - 1) / step * step;
}

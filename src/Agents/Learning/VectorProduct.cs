using System.Numerics;

namespace RlOffload.Agents.Learning;

/// <summary>
/// The three matrix products of a dense layer, into a result that is overwritten. Owns scratch memory: one thread, one instance.
/// Register-blocked on portable <see cref="Vector{T}"/>: a tile of the result is summed in registers while b's columns stream from packed panels (the scheme of
/// Goto and van de Geijn 2008, "Anatomy of High-Performance Matrix Multiplication"). Every element is summed over k in order, so results depend neither on the
/// vector width nor on the tile; they repeat bit by bit.
/// </summary>
public sealed unsafe class VectorProduct
{
    /// <summary>k is taken in blocks: a panel of 256 x 2 vectors (16 KB with 8 lanes) stays in the first-level cache.</summary>
    private const int DepthBlock = 256;

    private readonly int _widest;
    private readonly Matrix _panelsA;
    private readonly Matrix _panelsB;

    /// <param name="widest">the largest number of columns of any operand or result.</param>
    public VectorProduct(int widest)
    {
        _widest = widest;
        _panelsA = Matrix.Zeros(DepthBlock, RoundUp(widest, ProductTile.Rows));
        _panelsB = Matrix.Zeros(DepthBlock, RoundUp(widest, 2 * Vector<float>.Count));
    }

    /// <summary>c [m,n] = a [m,k] b [k,n]: the forward pass, Y = X W.</summary>
    public void NN(in Matrix a, in Matrix b, in Matrix c) => NN<AsSummed>(a, b, c, c);

    /// <summary>c [m,n] = a [m,k] b^T with b [n,k]: the gradient of the input, dX = dY W^T.</summary>
    public void NT(in Matrix a, in Matrix b, in Matrix c) => NT<AsSummed>(a, b, c, c);

    /// <summary>c [m,n] = a^T b with a [k,m], b [k,n]: the gradient of the weights, dW = X^T dY.</summary>
    public void TN(in Matrix a, in Matrix b, in Matrix c)
    {
        if (c.Rows != a.Columns)
            throw new ArgumentException($"[{a.Rows},{a.Columns}]^T x [{b.Rows},{b.Columns}] does not give [{c.Rows},{c.Columns}]");
        TN<AsSummed>(a, b, c, 0, c);
    }

    /// <summary>The forward pass with a finish that reads <paramref name="beside"/>, [1,n] or [m,n].</summary>
    internal void NN<TFinish>(in Matrix a, in Matrix b, in Matrix c, in Matrix beside)
        where TFinish : struct, IFinish
    {
        Check(a.Rows, a.Columns, b.Rows, b.Columns, c);
        for (var k = 0; k < b.Rows; k += DepthBlock)
        {
            var depth = Math.Min(DepthBlock, b.Rows - k);
            ProductPanels.OfRows(b.Pointer + (nint)k * b.Stride, b.Stride, depth, _panelsB.Pointer);
            Block<TFinish>(k + depth == b.Rows, a.Pointer + k, ProductTile.Rows * a.Stride, a.Stride, 1, _panelsB.Pointer, depth, c, k > 0, beside);
        }
    }

    /// <summary>The gradient of the input with a finish that reads <paramref name="beside"/>, [1,n] or [m,n].</summary>
    internal void NT<TFinish>(in Matrix a, in Matrix b, in Matrix c, in Matrix beside)
        where TFinish : struct, IFinish
    {
        Check(a.Rows, a.Columns, b.Columns, b.Rows, c);
        for (var k = 0; k < b.Columns; k += DepthBlock)
        {
            var depth = Math.Min(DepthBlock, b.Columns - k);
            ProductPanels.OfColumns(b.Pointer + k, b, depth, _panelsB.Pointer);
            Block<TFinish>(k + depth == b.Columns, a.Pointer + k, ProductTile.Rows * a.Stride, a.Stride, 1, _panelsB.Pointer, depth, c, k > 0, beside);
        }
    }

    /// <summary>Of the gradient of the weights rows <paramref name="first"/> .., as many as c has, with a finish that reads as many of <paramref name="beside"/>.</summary>
    internal void TN<TFinish>(in Matrix a, in Matrix b, in Matrix c, int first, in Matrix beside)
        where TFinish : struct, IFinish
    {
        if (first + c.Rows > a.Columns)
            throw new ArgumentException($"rows {first} to {first + c.Rows} of a product of {a.Columns}");
        Check(c.Rows, a.Rows, b.Rows, b.Columns, c);
        Check(a.Columns);
        for (var k = 0; k < b.Rows; k += DepthBlock)
        {
            var depth = Math.Min(DepthBlock, b.Rows - k);
            ProductPanels.OfTileRows(a.Pointer + (nint)k * a.Stride + first, a.Stride, c.Rows, depth, _panelsA.Pointer);
            ProductPanels.OfRows(b.Pointer + (nint)k * b.Stride, b.Stride, depth, _panelsB.Pointer);
            Block<TFinish>(k + depth == b.Rows, _panelsA.Pointer, ProductTile.Rows * depth, 1, ProductTile.Rows, _panelsB.Pointer, depth, c, k > 0, beside);
        }
    }

    /// <summary>One block of k; the last finishes the sums.</summary>
    private static void Block<TFinish>(
        bool last, float* a, int aPanel, int aRow, int aStep, float* panelsB, int depth, in Matrix c, bool accumulate, in Matrix beside)
        where TFinish : struct, IFinish
    {
        if (last)
            Tiles<TFinish>(a, aPanel, aRow, aStep, panelsB, depth, c, accumulate, beside);
        else
            Tiles<AsSummed>(a, aPanel, aRow, aStep, panelsB, depth, c, accumulate, beside);
    }

    /// <summary>All tiles of c for one block of k. Columns outside, so that one panel of b serves every row while it is cached.</summary>
    private static void Tiles<TFinish>(float* a, int aPanel, int aRow, int aStep, float* panelsB, int depth, in Matrix c, bool accumulate, in Matrix beside)
        where TFinish : struct, IFinish
    {
        nint besideRow = beside.Rows == 1 ? 0 : beside.Stride;
        for (var j = 0; j < c.Stride;)
        {
            var vectors = ProductTile.Vectors(c.Stride - j);
            float* panel = panelsB + (nint)j * depth, panelA = a;
            for (var i = 0; i < c.Rows; i += ProductTile.Rows, panelA += aPanel)
            {
                float* to = c.Pointer + (nint)i * c.Stride + j, by = beside.Pointer + i * besideRow + j;
                var rows = Math.Min(ProductTile.Rows, c.Rows - i);
                if (vectors == 2)
                    ProductTile.Sum<TwoVectors, TFinish>(panelA, aRow, aStep, panel, depth, to, c.Stride, rows, accumulate, by, besideRow);
                else if (vectors == 3)
                    ProductTile.Sum<ThreeVectors, TFinish>(panelA, aRow, aStep, panel, depth, to, c.Stride, rows, accumulate, by, besideRow);
                else
                    ProductTile.Sum<OneVector, TFinish>(panelA, aRow, aStep, panel, depth, to, c.Stride, rows, accumulate, by, besideRow);
            }
            j += vectors * Vector<float>.Count;
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

    private static int RoundUp(int value, int step) => (value + step - 1) / step * step;
}

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using RlOffload.Agents.Learning;

namespace RlOffload.Agents.Engine.Kernels;

/// <summary>
/// Row i of z [b, h] is column index[i] of w [h, a]. 16 rows of w are transposed at a time, into memory that stays in the first-level cache; a line of z is then a line
/// of that.
/// </summary>
internal sealed unsafe class PickColumnsKernel(Matrix w, Matrix index, Matrix z, int threads) : Kernel(z.Rows, 4L * z.Rows * z.Columns)
{
    private readonly Matrix[] _turned = TurnedRows.Of(w.Stride, threads);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(int from, int to, int thread)
    {
        nint stride = w.Stride;
        var turned = _turned[thread].Pointer;
        for (var h = 0; h < w.Rows; h += TurnedRows.Count)
        {
            var rows = Math.Min(TurnedRows.Count, w.Rows - h);
            if (rows == 1)
            {
                for (nint i = from; i < to; i++)
                    z.Pointer[i * z.Stride + h] = w.Pointer[h * stride + (int)index.Pointer[i * index.Stride]];
                continue;
            }
            for (var part = 0; part < rows; part += 4)
            {
                // Rows that do not exist go to padding; the last stands for them.
                float* Row(int r) => w.Pointer + Math.Min(h + part + r, w.Rows - 1) * stride;
                float* x = Row(0), y = Row(1), u = Row(2), v = Row(3);
                for (nint j = 0; j < stride; j += 4)
                    FourByFour.Turn(
                        Vector128.Load(x + j), Vector128.Load(y + j), Vector128.Load(u + j), Vector128.Load(v + j), turned + j * TurnedRows.Count + part, TurnedRows.Count);
            }
            for (nint i = from; i < to; i++)
                TurnedRows.Copy(turned + (int)index.Pointer[i * index.Stride] * TurnedRows.Count, z.Pointer + i * z.Stride + h);
        }
    }
}

/// <summary>
/// Column j of z [h, a] is the sum, in order, of the rows of d [b, h] whose index is j. 16 rows of z, a part, are summed as columns, a line at a time, in memory that stays
/// in the first-level cache, and then transposed.
/// </summary>
internal sealed unsafe class ScatterColumnsKernel(Matrix d, Matrix index, Matrix z, int threads)
    : Kernel((z.Rows + TurnedRows.Count - 1) / TurnedRows.Count, 4L * d.Rows * d.Columns)
{
    private readonly Matrix[] _turned = TurnedRows.Of(z.Stride, threads);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(int from, int to, int thread)
    {
        nint stride = z.Stride;
        var turned = _turned[thread].Pointer;
        for (var part = from; part < to; part++)
        {
            var h = part * TurnedRows.Count;
            var rows = Math.Min(TurnedRows.Count, z.Rows - h);
            if (rows == 1)
            {
                var row = z.PaddedRow(h);
                row.Clear();
                for (nint i = 0; i < d.Rows; i++)
                    row[(int)index.Pointer[i * index.Stride]] += d.Pointer[i * d.Stride + h];
                continue;
            }
            _turned[thread].Span.Clear();
            for (nint i = 0; i < d.Rows; i++)
                TurnedRows.Add(d.Pointer + i * d.Stride + h, turned + (int)index.Pointer[i * index.Stride] * TurnedRows.Count);
            var whole = rows / 4 * 4;
            for (var r = 0; r < whole; r += 4)
            {
                float* from4 = turned + r, to4 = z.Pointer + (h + r) * stride;
                for (nint j = 0; j < stride; j += 4, from4 += 4 * TurnedRows.Count, to4 += 4)
                    FourByFour.Turn(
                        Vector128.Load(from4), Vector128.Load(from4 + TurnedRows.Count), Vector128.Load(from4 + 2 * TurnedRows.Count),
                        Vector128.Load(from4 + 3 * TurnedRows.Count), to4, stride);
            }
            for (var r = whole; r < rows; r++)
                for (nint j = 0; j < stride; j++)
                    z.Pointer[(h + r) * stride + j] = turned[j * TurnedRows.Count + r];
        }
    }
}

/// <summary>16 rows of a matrix as columns: a line of the cache for what they have at one place.</summary>
internal static unsafe class TurnedRows
{
    public const int Count = Matrix.Padding;

    /// <summary>For each thread the place for 16 rows of so many numbers.</summary>
    public static Matrix[] Of(int columns, int threads) => [.. Enumerable.Range(0, threads).Select(_ => Matrix.Zeros(columns, Count))];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(float* from, float* to)
    {
        for (var part = 0; part < Count; part += Vector<float>.Count)
            Vector.Load(from + part).Store(to + part);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(float* what, float* to)
    {
        for (var part = 0; part < Count; part += Vector<float>.Count)
            (Vector.Load(to + part) + Vector.Load(what + part)).Store(to + part);
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;
using RlOffload.Agents.Learning;

namespace RlOffload.Agents.Engine.Kernels;

/// <summary>Row i of z [b, h] is column index[i] of w [h, a].</summary>
internal sealed unsafe class PickColumnsKernel(Matrix w, Matrix index, Matrix z) : Kernel(z.Rows, 4L * z.Rows * z.Columns)
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(int from, int to, int thread)
    {
        nint stride = w.Stride, columns = z.Columns;
        for (nint i = from; i < to; i++)
        {
            float* column = w.Pointer + (int)index.Pointer[i * index.Stride], row = z.Pointer + i * z.Stride;
            for (nint h = 0; h < columns; h++, column += stride)
                row[h] = *column;
        }
    }
}

/// <summary>Column j of z [h, a] is the sum, in order, of the rows of d [b, h] whose index is j. A part is a row of z.</summary>
internal sealed unsafe class ScatterColumnsKernel(Matrix d, Matrix index, Matrix z) : Kernel(z.Rows, 4L * d.Rows * d.Columns)
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(int from, int to, int thread)
    {
        nint stride = z.Stride;
        new Span<float>(z.Pointer + from * stride, (int)((to - from) * stride)).Clear();
        for (nint i = 0; i < d.Rows; i++)
        {
            float* row = d.Pointer + i * d.Stride, column = z.Pointer + (int)index.Pointer[i * index.Stride] + from * stride;
            for (nint h = from; h < to; h++, column += stride)
                *column += row[h];
        }
    }
}

/// <summary>Each row n times.</summary>
internal sealed unsafe class RepeatRowsKernel(Matrix x, Matrix z) : Kernel(z.Rows, (long)z.Rows * z.Columns)
{
    private readonly int _times = z.Rows / x.Rows;

    public override void Run(int from, int to, int thread)
    {
        for (var r = from; r < to; r++)
            x.PaddedRow(r / _times).CopyTo(z.PaddedRow(r));
    }
}

/// <summary>The one column n times.</summary>
internal sealed unsafe class RepeatColumnsKernel(Matrix x, Matrix z) : Kernel(z.Rows, (long)z.Rows * z.Columns)
{
    public override void Run(int from, int to, int thread)
    {
        for (var r = from; r < to; r++)
            z.PaddedRow(r).Fill(x.Pointer[r * x.Stride]);
    }
}

/// <summary>Each n rows summed, the first first.</summary>
internal sealed unsafe class SumGroupsKernel(Matrix x, Matrix z) : Kernel(z.Rows, (long)x.Rows * x.Columns)
{
    private readonly int _rows = x.Rows / z.Rows;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(int from, int to, int thread)
    {
        nint stride = x.Stride;
        for (nint r = from; r < to; r++)
            for (nint j = 0; j < stride; j += Vector<float>.Count)
            {
                var at = x.Pointer + r * _rows * stride + j;
                var sum = Vector<float>.Zero;
                for (var i = 0; i < _rows; i++, at += stride)
                    sum += Vector.Load(at);
                sum.Store(z.Pointer + r * stride + j);
            }
    }
}

/// <summary>The same numbers, row by row, in another shape.</summary>
internal sealed unsafe class ReshapeKernel(Matrix x, Matrix z) : Kernel(z.Rows, (long)z.Rows * z.Columns)
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(int from, int to, int thread)
    {
        var (row, column) = Math.DivRem(from * z.Columns, x.Columns);
        for (var r = from; r < to; r++)
        {
            var target = z.Pointer + (nint)r * z.Stride;
            for (var j = 0; j < z.Columns; j++)
            {
                target[j] = x.Pointer[(nint)row * x.Stride + column];
                if (++column == x.Columns)
                    (row, column) = (row + 1, 0);
            }
        }
    }
}

/// <summary>An update that had to wait until its parameter's old version was read.</summary>
internal sealed class CopyKernel(Matrix x, Matrix z) : Kernel(z.Rows, (long)z.Rows * z.Columns)
{
    public override void Run(int from, int to, int thread)
    {
        for (var r = from; r < to; r++)
            x.PaddedRow(r).CopyTo(z.PaddedRow(r));
    }
}

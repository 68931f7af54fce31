using System.Numerics;
using System.Runtime.CompilerServices;
using RlOffload.Agents.Learning;

namespace RlOffload.Agents.Engine.Kernels;

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

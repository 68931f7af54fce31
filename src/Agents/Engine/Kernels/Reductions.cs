using System.Numerics;
using System.Runtime.CompilerServices;
using RlOffload.Agents.Learning;

namespace RlOffload.Agents.Engine.Kernels;

/// <summary>z [r, 1]: sum of each row.</summary>
internal sealed unsafe class SumColumnsKernel(Matrix x, Matrix z) : Kernel(z.Rows, (long)x.Rows * x.Columns)
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(int from, int to, int thread)
    {
        for (nint r = from; r < to; r++)
            z.Pointer[r * z.Stride] = Sum(x.Pointer + r * x.Stride, x.Columns);
    }

    /// <summary>Of the first <paramref name="columns"/> numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static float Sum(float* row, int columns)
    {
        var whole = columns / Matrix.Padding * Matrix.Padding;
        var sum = new Lanes(0);
        for (var j = 0; j < whole; j += Matrix.Padding)
            sum.Add(row + j);
        if (whole < columns)
        {
            var tail = stackalloc float[Matrix.Padding];
            for (var part = 0; part < Matrix.Padding; part += Vector<float>.Count)
                Vector.BitwiseAnd(Vector.Load(row + whole + part), Lanes.Present(columns - whole, part)).Store(tail + part);
            sum.Add(tail);
        }
        return sum.Sum();
    }
}

/// <summary>z [r, 1]: largest of each row.</summary>
internal sealed unsafe class MaxColumnsKernel(Matrix x, Matrix z) : Kernel(z.Rows, (long)x.Rows * x.Columns)
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(int from, int to, int thread)
    {
        for (nint r = from; r < to; r++)
            z.Pointer[r * z.Stride] = LogSoftmaxKernel.Largest(x.Pointer + r * x.Stride, x.Columns);
    }
}

/// <summary>z [1, c]: sum of each column, from the first row to the last. A part is a block of 16 columns.</summary>
internal sealed unsafe class SumRowsKernel(Matrix x, Matrix z) : Kernel(z.Stride / Matrix.Padding, (long)x.Rows * x.Columns)
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(int from, int to, int thread)
    {
        nint width = Vector<float>.Count, stride = x.Stride, end = (nint)to * Matrix.Padding;
        var j = (nint)from * Matrix.Padding;
        for (; j + 4 * width <= end; j += 4 * width)
        {
            Vector<float> a = default, b = default, c = default, d = default;
            var at = x.Pointer + j;
            for (var r = 0; r < x.Rows; r++, at += stride)
            {
                a += Vector.Load(at);
                b += Vector.Load(at + width);
                c += Vector.Load(at + 2 * width);
                d += Vector.Load(at + 3 * width);
            }
            a.Store(z.Pointer + j);
            b.Store(z.Pointer + j + width);
            c.Store(z.Pointer + j + 2 * width);
            d.Store(z.Pointer + j + 3 * width);
        }
        for (; j < end; j += width)
        {
            var sum = Vector<float>.Zero;
            var at = x.Pointer + j;
            for (var r = 0; r < x.Rows; r++, at += stride)
                sum += Vector.Load(at);
            sum.Store(z.Pointer + j);
        }
    }
}

/// <summary>z = x - largest - log sum exp(x - largest), row by row.</summary>
internal sealed unsafe class LogSoftmaxKernel(Matrix x, Matrix z) : Kernel(z.Rows, 10L * x.Rows * x.Columns)
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(int from, int to, int thread)
    {
        for (nint r = from; r < to; r++)
        {
            float* row = x.Pointer + r * x.Stride, result = z.Pointer + r * z.Stride;
            var top = new Vector<float>(Largest(row, x.Columns));
            // The result's row holds the powers until their sum is known; z is never x.
            for (var j = 0; j < x.Columns; j += Vector<float>.Count)
                Exponentials.Exp(Vector.Load(row + j) - top).Store(result + j);
            var shift = top + new Vector<float>(MathF.Log(SumColumnsKernel.Sum(result, x.Columns)));
            for (var j = 0; j < x.Columns; j += Vector<float>.Count)
                (Vector.Load(row + j) - shift).Store(result + j);
        }
    }

    /// <summary>Of the first <paramref name="columns"/> numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static float Largest(float* row, int columns)
    {
        var largest = new Lanes(float.NegativeInfinity);
        var whole = columns / Matrix.Padding * Matrix.Padding;
        for (var j = 0; j < whole; j += Matrix.Padding)
            largest.Max(row + j);
        var top = largest.Largest();
        for (var j = whole; j < columns; j++)
            top = MathF.Max(top, row[j]);
        return top;
    }
}

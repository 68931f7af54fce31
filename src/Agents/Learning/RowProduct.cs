using System.Numerics;
using System.Runtime.CompilerServices;

namespace RlOffload.Agents.Learning;

/// <summary>
/// The product of one row with a matrix, where packing the matrix would cost more than the product: a decision for one state. It takes as long as the weights take
/// to come from the second-level cache, so they are read in stretches as long as there are registers to sum in. Even and odd k are summed apart, each in order,
/// whatever the stretch: the bits depend neither on it nor on the width of a vector.
/// </summary>
internal static unsafe class RowProduct
{
    /// <summary>c [1,n] = a [1,k] b [k,n].</summary>
    public static void Of(in Matrix a, in Matrix b, in Matrix c)
    {
        nint width = Vector<float>.Count, j = 0;
        // Machines with vectors so long have 32 registers for them.
        for (; width == 16 && j + 8 * width <= c.Stride; j += 8 * width)
            Eight(a.Pointer, b.Pointer + j, b.Stride, b.Rows, c.Pointer + j);
        if (width == 16 && c.Stride - j == 5 * width)
        {
            Five(a.Pointer, b.Pointer + j, b.Stride, b.Rows, c.Pointer + j);
            return;
        }
        for (; j + 4 * width <= c.Stride; j += 4 * width)
            Four(a.Pointer, b.Pointer + j, b.Stride, b.Rows, c.Pointer + j);
        for (; j < c.Stride; j += width)
            One(a.Pointer, b.Pointer + j, b.Stride, b.Rows, c.Pointer + j);
    }

    /// <summary>Eight vectors of columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Eight(float* a, float* b, nint stride, int depth, float* c)
    {
        nint width = Vector<float>.Count;
        Vector<float> e0 = default, e1 = default, e2 = default, e3 = default, e4 = default, e5 = default, e6 = default, e7 = default;
        Vector<float> o0 = default, o1 = default, o2 = default, o3 = default, o4 = default, o5 = default, o6 = default, o7 = default;
        var k = 0;
        for (; k + 1 < depth; k += 2, b += 2 * stride)
        {
            Vector<float> x = new(a[k]), y = new(a[k + 1]);
            e0 = Vector.MultiplyAddEstimate(x, Vector.Load(b), e0);
            e1 = Vector.MultiplyAddEstimate(x, Vector.Load(b + width), e1);
            e2 = Vector.MultiplyAddEstimate(x, Vector.Load(b + 2 * width), e2);
            e3 = Vector.MultiplyAddEstimate(x, Vector.Load(b + 3 * width), e3);
            e4 = Vector.MultiplyAddEstimate(x, Vector.Load(b + 4 * width), e4);
            e5 = Vector.MultiplyAddEstimate(x, Vector.Load(b + 5 * width), e5);
            e6 = Vector.MultiplyAddEstimate(x, Vector.Load(b + 6 * width), e6);
            e7 = Vector.MultiplyAddEstimate(x, Vector.Load(b + 7 * width), e7);
            o0 = Vector.MultiplyAddEstimate(y, Vector.Load(b + stride), o0);
            o1 = Vector.MultiplyAddEstimate(y, Vector.Load(b + stride + width), o1);
            o2 = Vector.MultiplyAddEstimate(y, Vector.Load(b + stride + 2 * width), o2);
            o3 = Vector.MultiplyAddEstimate(y, Vector.Load(b + stride + 3 * width), o3);
            o4 = Vector.MultiplyAddEstimate(y, Vector.Load(b + stride + 4 * width), o4);
            o5 = Vector.MultiplyAddEstimate(y, Vector.Load(b + stride + 5 * width), o5);
            o6 = Vector.MultiplyAddEstimate(y, Vector.Load(b + stride + 6 * width), o6);
            o7 = Vector.MultiplyAddEstimate(y, Vector.Load(b + stride + 7 * width), o7);
        }
        if (k < depth)
        {
            var x = new Vector<float>(a[k]);
            e0 = Vector.MultiplyAddEstimate(x, Vector.Load(b), e0);
            e1 = Vector.MultiplyAddEstimate(x, Vector.Load(b + width), e1);
            e2 = Vector.MultiplyAddEstimate(x, Vector.Load(b + 2 * width), e2);
            e3 = Vector.MultiplyAddEstimate(x, Vector.Load(b + 3 * width), e3);
            e4 = Vector.MultiplyAddEstimate(x, Vector.Load(b + 4 * width), e4);
            e5 = Vector.MultiplyAddEstimate(x, Vector.Load(b + 5 * width), e5);
            e6 = Vector.MultiplyAddEstimate(x, Vector.Load(b + 6 * width), e6);
            e7 = Vector.MultiplyAddEstimate(x, Vector.Load(b + 7 * width), e7);
        }
        (e0 + o0).Store(c);
        (e1 + o1).Store(c + width);
        (e2 + o2).Store(c + 2 * width);
        (e3 + o3).Store(c + 3 * width);
        (e4 + o4).Store(c + 4 * width);
        (e5 + o5).Store(c + 5 * width);
        (e6 + o6).Store(c + 6 * width);
        (e7 + o7).Store(c + 7 * width);
    }

    /// <summary>Five vectors of columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Five(float* a, float* b, nint stride, int depth, float* c)
    {
        nint width = Vector<float>.Count;
        Vector<float> e0 = default, e1 = default, e2 = default, e3 = default, e4 = default;
        Vector<float> o0 = default, o1 = default, o2 = default, o3 = default, o4 = default;
        var k = 0;
        for (; k + 1 < depth; k += 2, b += 2 * stride)
        {
            Vector<float> x = new(a[k]), y = new(a[k + 1]);
            e0 = Vector.MultiplyAddEstimate(x, Vector.Load(b), e0);
            e1 = Vector.MultiplyAddEstimate(x, Vector.Load(b + width), e1);
            e2 = Vector.MultiplyAddEstimate(x, Vector.Load(b + 2 * width), e2);
            e3 = Vector.MultiplyAddEstimate(x, Vector.Load(b + 3 * width), e3);
            e4 = Vector.MultiplyAddEstimate(x, Vector.Load(b + 4 * width), e4);
            o0 = Vector.MultiplyAddEstimate(y, Vector.Load(b + stride), o0);
            o1 = Vector.MultiplyAddEstimate(y, Vector.Load(b + stride + width), o1);
            o2 = Vector.MultiplyAddEstimate(y, Vector.Load(b + stride + 2 * width), o2);
            o3 = Vector.MultiplyAddEstimate(y, Vector.Load(b + stride + 3 * width), o3);
            o4 = Vector.MultiplyAddEstimate(y, Vector.Load(b + stride + 4 * width), o4);
        }
        if (k < depth)
        {
            var x = new Vector<float>(a[k]);
            e0 = Vector.MultiplyAddEstimate(x, Vector.Load(b), e0);
            e1 = Vector.MultiplyAddEstimate(x, Vector.Load(b + width), e1);
            e2 = Vector.MultiplyAddEstimate(x, Vector.Load(b + 2 * width), e2);
            e3 = Vector.MultiplyAddEstimate(x, Vector.Load(b + 3 * width), e3);
            e4 = Vector.MultiplyAddEstimate(x, Vector.Load(b + 4 * width), e4);
        }
        (e0 + o0).Store(c);
        (e1 + o1).Store(c + width);
        (e2 + o2).Store(c + 2 * width);
        (e3 + o3).Store(c + 3 * width);
        (e4 + o4).Store(c + 4 * width);
    }

    /// <summary>Four vectors of columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(float* a, float* b, nint stride, int depth, float* c)
    {
        nint width = Vector<float>.Count;
        Vector<float> e0 = default, e1 = default, e2 = default, e3 = default;
        Vector<float> o0 = default, o1 = default, o2 = default, o3 = default;
        var k = 0;
        for (; k + 1 < depth; k += 2, b += 2 * stride)
        {
            Vector<float> x = new(a[k]), y = new(a[k + 1]);
            e0 = Vector.MultiplyAddEstimate(x, Vector.Load(b), e0);
            e1 = Vector.MultiplyAddEstimate(x, Vector.Load(b + width), e1);
            e2 = Vector.MultiplyAddEstimate(x, Vector.Load(b + 2 * width), e2);
            e3 = Vector.MultiplyAddEstimate(x, Vector.Load(b + 3 * width), e3);
            o0 = Vector.MultiplyAddEstimate(y, Vector.Load(b + stride), o0);
            o1 = Vector.MultiplyAddEstimate(y, Vector.Load(b + stride + width), o1);
            o2 = Vector.MultiplyAddEstimate(y, Vector.Load(b + stride + 2 * width), o2);
            o3 = Vector.MultiplyAddEstimate(y, Vector.Load(b + stride + 3 * width), o3);
        }
        if (k < depth)
        {
            var x = new Vector<float>(a[k]);
            e0 = Vector.MultiplyAddEstimate(x, Vector.Load(b), e0);
            e1 = Vector.MultiplyAddEstimate(x, Vector.Load(b + width), e1);
            e2 = Vector.MultiplyAddEstimate(x, Vector.Load(b + 2 * width), e2);
            e3 = Vector.MultiplyAddEstimate(x, Vector.Load(b + 3 * width), e3);
        }
        (e0 + o0).Store(c);
        (e1 + o1).Store(c + width);
        (e2 + o2).Store(c + 2 * width);
        (e3 + o3).Store(c + 3 * width);
    }

    /// <summary>One vector of columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One(float* a, float* b, nint stride, int depth, float* c)
    {
        nint width = Vector<float>.Count;
        Vector<float> e0 = default;
        Vector<float> o0 = default;
        var k = 0;
        for (; k + 1 < depth; k += 2, b += 2 * stride)
        {
            Vector<float> x = new(a[k]), y = new(a[k + 1]);
            e0 = Vector.MultiplyAddEstimate(x, Vector.Load(b), e0);
            o0 = Vector.MultiplyAddEstimate(y, Vector.Load(b + stride), o0);
        }
        if (k < depth)
        {
            var x = new Vector<float>(a[k]);
            e0 = Vector.MultiplyAddEstimate(x, Vector.Load(b), e0);
        }
        (e0 + o0).Store(c);
    }
}

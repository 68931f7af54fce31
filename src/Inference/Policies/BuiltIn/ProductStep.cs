using System.Numerics;
using System.Runtime.CompilerServices;

namespace RlOffload.Inference.Policies.BuiltIn;

/// <summary>
/// z = x y, x [m, k], y [k, n]. Every number is summed over k in order, several vectors of them at once, which hides the latency of an addition. Whole vectors are
/// written: what falls behind a row's end is written over by the next row, or falls behind the last number.
/// </summary>
/// <param name="packed">y in the order in which it is read; null where it is not known beforehand.</param>
internal sealed unsafe class ProductStep(Value x, Value y, Value z, PackedWeights? packed) : Step
{
    private readonly ColumnBlock[] _blocks = ColumnBlock.Of(y.Columns);

    public override void Run()
    {
        var (depth, columns) = (x.Columns, z.Columns);
        fixed (float* px = x.Data, py = y.Data, pz = z.Data)
            for (var row = 0; row < x.Rows; row++)
                foreach (var block in _blocks)
                {
                    var by = packed is null ? py + block.Column : packed.First + (nint)depth * block.Column;
                    var step = packed is null ? columns : block.Vectors * Vector<float>.Count;
                    Sum(block.Vectors, px + row * depth, depth, by, step, pz + row * columns + block.Column);
                }
    }

    private static void Sum(int vectors, float* x, int depth, float* by, nint step, float* to)
    {
        switch (vectors)
        {
            case 1: Sum<Vectors1>(x, depth, by, step, to); break;
            case 2: Sum<Vectors2>(x, depth, by, step, to); break;
            case 3: Sum<Vectors3>(x, depth, by, step, to); break;
            case 4: Sum<Vectors4>(x, depth, by, step, to); break;
            case 5: Sum<Vectors5>(x, depth, by, step, to); break;
            case 6: Sum<Vectors6>(x, depth, by, step, to); break;
            case 7: Sum<Vectors7>(x, depth, by, step, to); break;
            default: Sum<Vectors8>(x, depth, by, step, to); break;
        }
    }

    /// <summary>So many vectors of columns; the compiler leaves out those that a block has not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum<T>(float* x, int depth, float* by, nint step, float* to)
        where T : struct, IVectors
    {
        nint width = Vector<float>.Count;
        Vector<float> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        for (var end = x + depth; x < end; x++, by += step)
        {
            var factor = new Vector<float>(*x);
            a = Vector.FusedMultiplyAdd(factor, Vector.Load(by), a);
            if (T.Count > 1) b = Vector.FusedMultiplyAdd(factor, Vector.Load(by + width), b);
            if (T.Count > 2) c = Vector.FusedMultiplyAdd(factor, Vector.Load(by + 2 * width), c);
            if (T.Count > 3) d = Vector.FusedMultiplyAdd(factor, Vector.Load(by + 3 * width), d);
            if (T.Count > 4) e = Vector.FusedMultiplyAdd(factor, Vector.Load(by + 4 * width), e);
            if (T.Count > 5) f = Vector.FusedMultiplyAdd(factor, Vector.Load(by + 5 * width), f);
            if (T.Count > 6) g = Vector.FusedMultiplyAdd(factor, Vector.Load(by + 6 * width), g);
            if (T.Count > 7) h = Vector.FusedMultiplyAdd(factor, Vector.Load(by + 7 * width), h);
        }
        a.Store(to);
        if (T.Count > 1) b.Store(to + width);
        if (T.Count > 2) c.Store(to + 2 * width);
        if (T.Count > 3) d.Store(to + 3 * width);
        if (T.Count > 4) e.Store(to + 4 * width);
        if (T.Count > 5) f.Store(to + 5 * width);
        if (T.Count > 6) g.Store(to + 6 * width);
        if (T.Count > 7) h.Store(to + 7 * width);
    }

    private interface IVectors
    {
        static abstract int Count { get; }
    }

    private readonly struct Vectors1 : IVectors { public static int Count => 1; }
    private readonly struct Vectors2 : IVectors { public static int Count => 2; }
    private readonly struct Vectors3 : IVectors { public static int Count => 3; }
    private readonly struct Vectors4 : IVectors { public static int Count => 4; }
    private readonly struct Vectors5 : IVectors { public static int Count => 5; }
    private readonly struct Vectors6 : IVectors { public static int Count => 6; }
    private readonly struct Vectors7 : IVectors { public static int Count => 7; }
    private readonly struct Vectors8 : IVectors { public static int Count => 8; }
}

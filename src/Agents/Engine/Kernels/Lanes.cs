using System.Numerics;
using System.Runtime.CompilerServices;
using RlOffload.Agents.Learning;

namespace RlOffload.Agents.Engine.Kernels;

/// <summary>
/// Sixteen running sums or maxima, one a column modulo 16, in as many vectors as that takes; folded by halves. The order of additions is thus the
/// same with 4, 8 and 16 lanes, and so are the bits.
/// </summary>
internal unsafe ref struct Lanes
{
    private static readonly Matrix Masks = MakeMasks();
    private Vector<float> _0, _1, _2, _3;

    public Lanes(float start) => _0 = _1 = _2 = _3 = new Vector<float>(start);

    /// <summary>Lane j of the part of a block of 16 columns that begins at <paramref name="part"/>: all ones where j lies before <paramref name="present"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Present(int present, int part) => Vector.Load(Masks.Pointer + Matrix.Padding - present + part);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(float* block)
    {
        _0 += Vector.Load(block);
        if (Vector<float>.Count <= 8)
            _1 += Vector.Load(block + Vector<float>.Count);
        if (Vector<float>.Count <= 4)
        {
            _2 += Vector.Load(block + 2 * Vector<float>.Count);
            _3 += Vector.Load(block + 3 * Vector<float>.Count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Max(float* block)
    {
        _0 = Vector.Max(_0, Vector.Load(block));
        if (Vector<float>.Count <= 8)
            _1 = Vector.Max(_1, Vector.Load(block + Vector<float>.Count));
        if (Vector<float>.Count <= 4)
        {
            _2 = Vector.Max(_2, Vector.Load(block + 2 * Vector<float>.Count));
            _3 = Vector.Max(_3, Vector.Load(block + 3 * Vector<float>.Count));
        }
    }

    public float Sum()
    {
        var lanes = stackalloc float[Matrix.Padding];
        Store(lanes);
        for (var half = Matrix.Padding / 2; half > 0; half /= 2)
            for (var lane = 0; lane < half; lane++)
                lanes[lane] += lanes[lane + half];
        return lanes[0];
    }

    public float Largest()
    {
        var lanes = stackalloc float[Matrix.Padding];
        Store(lanes);
        var largest = lanes[0];
        for (var lane = 1; lane < Matrix.Padding; lane++)
            largest = MathF.Max(largest, lanes[lane]);
        return largest;
    }

    private readonly void Store(float* lanes)
    {
        _0.Store(lanes);
        if (Vector<float>.Count <= 8)
            _1.Store(lanes + Vector<float>.Count);
        if (Vector<float>.Count <= 4)
        {
            _2.Store(lanes + 2 * Vector<float>.Count);
            _3.Store(lanes + 3 * Vector<float>.Count);
        }
    }

    private static Matrix MakeMasks()
    {
        var row = Matrix.Zeros(1, 2 * Matrix.Padding);
        row.Span[..Matrix.Padding].Fill(BitConverter.UInt32BitsToSingle(uint.MaxValue));
        return row;
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
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

    /// <summary>Lane j + lane j + 8, then + 4, + 2, + 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly float Sum()
    {
        var four = Vector<float>.Count switch
        {
            4 => (_0 + _2 + (_1 + _3)).AsVector128(),
            8 => Four(_0 + _1, 0) + Four(_0 + _1, 1),
            _ => Four(_0, 0) + Four(_0, 2) + (Four(_0, 1) + Four(_0, 3)),
        };
        return four[0] + four[2] + (four[1] + four[3]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly float Largest()
    {
        var four = Vector<float>.Count switch
        {
            4 => Vector.Max(Vector.Max(_0, _1), Vector.Max(_2, _3)).AsVector128(),
            8 => Vector128.Max(Four(Vector.Max(_0, _1), 0), Four(Vector.Max(_0, _1), 1)),
            _ => Vector128.Max(Vector128.Max(Four(_0, 0), Four(_0, 1)), Vector128.Max(Four(_0, 2), Four(_0, 3))),
        };
        return MathF.Max(MathF.Max(four[0], four[1]), MathF.Max(four[2], four[3]));
    }

    /// <summary>Lanes 4 <paramref name="part"/> .. + 3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Four(Vector<float> lanes, int part) => Vector128.Load((float*)&lanes + 4 * part);

    private static Matrix MakeMasks()
    {
        var row = Matrix.Zeros(1, 2 * Matrix.Padding);
        row.Span[..Matrix.Padding].Fill(BitConverter.UInt32BitsToSingle(uint.MaxValue));
        return row;
    }
}

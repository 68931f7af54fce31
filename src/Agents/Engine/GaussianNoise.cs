using System.Numerics;
using System.Runtime.CompilerServices;
using RlOffload.Agents.Learning;
using RlOffload.Environment;

namespace RlOffload.Agents.Engine;

/// <summary>
/// Standard normal numbers by the block: sixteen xoshiro128++ generators side by side (Blackman and Vigna 2019), each seeded from the key, and Box and Muller's
/// transform (1958) by vectors. The same key gives the same numbers for any number of lanes.
/// </summary>
public static unsafe class GaussianNoise
{
    /// <summary>Fills the matrix, its padding included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill(in Matrix matrix, Rng key)
    {
        var state = stackalloc uint[4 * Matrix.Padding];
        for (var i = 0; i < 4 * Matrix.Padding; i++)
            state[i] = (uint)(key.NextUInt64() >> 32) | 1;
        var target = matrix.Pointer;
        var count = matrix.Rows * matrix.Stride;
        for (var lane = 0; lane < Matrix.Padding; lane += Vector<uint>.Count)
        {
            Vector<uint> s0 = Vector.Load(state + lane), s1 = Vector.Load(state + Matrix.Padding + lane);
            Vector<uint> s2 = Vector.Load(state + 2 * Matrix.Padding + lane), s3 = Vector.Load(state + 3 * Matrix.Padding + lane);
            for (var i = lane; i < count; i += 2 * Matrix.Padding)
            {
                // 24 bits each: u in (0, 1], the angle in [-pi, pi).
                var u = (Vector.ConvertToSingle(Vector.AsVectorInt32(Next(ref s0, ref s1, ref s2, ref s3) >> 8)) + Vector<float>.One) * (1f / (1 << 24));
                var angle = (Vector.ConvertToSingle(Vector.AsVectorInt32(Next(ref s0, ref s1, ref s2, ref s3) >> 8)) - new Vector<float>(1 << 23)) * (MathF.PI / (1 << 23));
                var radius = Vector.SquareRoot(-2f * Vector.Log(u));
                var (sine, cosine) = Vector.SinCos(angle);
                (radius * cosine).Store(target + i);
                if (i + Matrix.Padding < count)
                    (radius * sine).Store(target + i + Matrix.Padding);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<uint> Next(ref Vector<uint> s0, ref Vector<uint> s1, ref Vector<uint> s2, ref Vector<uint> s3)
    {
        var result = Rotate(s0 + s3, 7) + s0;
        var t = s1 << 9;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= t;
        s3 = Rotate(s3, 11);
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<uint> Rotate(Vector<uint> x, int by) => (x << by) | (x >> (32 - by));
}

using System.Numerics;
using System.Runtime.CompilerServices;
using RlOffload.Agents.Engine.Kernels;
using RlOffload.Agents.Learning;
using RlOffload.Environment;

namespace RlOffload.Agents.Engine;

/// <summary>
/// Standard normal numbers by the block: sixteen xoshiro128++ generators side by side (Blackman and Vigna 2019), each seeded from the key, and Box and Muller's
/// transform (1958) by vectors. The same key gives the same numbers for any number of lanes.
/// </summary>
public static unsafe class GaussianNoise
{
    private const int Block = 1024;

    /// <summary>Fills the matrix, its padding included.</summary>
    public static void Fill(in Matrix matrix, Rng key)
    {
        var state = stackalloc uint[4 * Matrix.Padding];
        for (var i = 0; i < 4 * Matrix.Padding; i++)
            state[i] = (uint)(key.NextUInt64() >> 32) | 1;
        // In passes over a block that stays in the cache: one loop of all is more than the compiler keeps in registers.
        float* uniform = stackalloc float[Block], turn = stackalloc float[Block];
        var target = matrix.Pointer;
        for (var left = matrix.Rows * matrix.Stride; left > 0; left -= 2 * Block, target += 2 * Block)
        {
            Uniform(state, uniform, turn);
            Radius(uniform);
            Normal(uniform, turn, target, Math.Min(left, 2 * Block));
        }
    }

    /// <summary>24 bits each: uniform in (0, 1], turn in [-1/2, 1/2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Uniform(uint* state, float* uniform, float* turn)
    {
        for (var lane = 0; lane < Matrix.Padding; lane += Vector<uint>.Count)
        {
            Vector<uint> s0 = Vector.Load(state + lane), s1 = Vector.Load(state + Matrix.Padding + lane);
            Vector<uint> s2 = Vector.Load(state + 2 * Matrix.Padding + lane), s3 = Vector.Load(state + 3 * Matrix.Padding + lane);
            for (var i = lane; i < Block; i += Matrix.Padding)
            {
                ((Vector.ConvertToSingle(Vector.AsVectorInt32(Next(ref s0, ref s1, ref s2, ref s3) >> 8)) + Vector<float>.One) * (1f / (1 << 24))).Store(uniform + i);
                ((Vector.ConvertToSingle(Vector.AsVectorInt32(Next(ref s0, ref s1, ref s2, ref s3) >> 8)) - new Vector<float>(1 << 23)) * (1f / (1 << 24))).Store(turn + i);
            }
            s0.Store(state + lane);
            s1.Store(state + Matrix.Padding + lane);
            s2.Store(state + 2 * Matrix.Padding + lane);
            s3.Store(state + 3 * Matrix.Padding + lane);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Radius(float* uniform)
    {
        for (var i = 0; i < Block; i += Vector<float>.Count)
            Vector.SquareRoot(-2f * Exponentials.Log(Vector.Load(uniform + i))).Store(uniform + i);
    }

    /// <summary>Of each pair of numbers the first goes to the first half of the target's block and the second to the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Normal(float* radius, float* turn, float* target, int count)
    {
        for (var i = 0; i < Math.Min(Block, count); i += Vector<float>.Count)
        {
            Exponentials.SinCos(Vector.Load(turn + i), out var sine, out var cosine);
            var r = Vector.Load(radius + i);
            (r * cosine).Store(target + i);
            if (i + Block < count)
                (r * sine).Store(target + i + Block);
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

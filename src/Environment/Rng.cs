using System.Numerics;
using System.Runtime.CompilerServices;

namespace RlOffload.Environment;

/// <summary>
/// A small reproducible generator (xoshiro256++, Blackman and Vigna 2019, seeded by SplitMix64).
/// Two generators with the same key draw the same numbers on every machine; a copy of the struct continues on its own.
/// </summary>
public struct Rng
{
    private ulong _s0, _s1, _s2, _s3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Rng(ulong seed)
    {
        _s0 = Mix(ref seed);
        _s1 = Mix(ref seed);
        _s2 = Mix(ref seed);
        _s3 = Mix(ref seed);
    }

    /// <summary>One stream a key: draws of one (window, request, purpose) never shift those of another.</summary>
    public static Rng Keyed(ulong seed, ulong window, ulong request, RngPurpose purpose) => Keyed(RequestKey(WindowKey(seed, window), request), purpose);

    /// <summary>The part of the key that all streams of a window share.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong WindowKey(ulong seed, ulong window) => Mix(ref seed) ^ window;

    /// <summary>The part that all streams of a request share.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong RequestKey(ulong windowKey, ulong request) => Mix(ref windowKey) ^ request;

    /// <param name="requestKey">Of <see cref="RequestKey"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Rng Keyed(ulong requestKey, RngPurpose purpose) => new(Mix(ref requestKey) ^ (ulong)purpose);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong NextUInt64()
    {
        var result = BitOperations.RotateLeft(_s0 + _s3, 23) + _s0;
        var t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in 0 .. <paramref name="below"/> - 1.</summary>
    public int NextInt(int below) => (int)Math.BigMul(NextUInt64(), (ulong)below, out _);

    /// <summary>Standard normal (Box and Muller 1958; one of the pair is used, so the stream's length does not depend on history).</summary>
    public double NextGaussian()
    {
        var u = 1.0 - NextDouble();
        return Math.Sqrt(-2.0 * Math.Log(u)) * Math.Cos(2.0 * Math.PI * NextDouble());
    }

    /// <summary>Exponential with mean 1.</summary>
    public double NextExponential() => -Math.Log(1.0 - NextDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}

/// <summary>What a stream of random numbers is for; part of its key.</summary>
public enum RngPurpose : ulong
{
    Trace = 1, Rtt, Arrival, Deadline, ServerLoad, Image, Explore, Replay, Weights, Noise, Bootstrap, Frame, Policy, Randomise, Fuzz,
}

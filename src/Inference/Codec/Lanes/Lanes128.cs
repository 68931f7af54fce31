using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using static RlOffload.Inference.Codec.Lanes.ScalarLanes;

namespace RlOffload.Inference.Codec.Lanes;

/// <summary>
/// As <see cref="Lanes512"/>, on 16 numbers at a time, with what every machine's vectors of 128 bits can do. Made for NEON, whose narrowing keeps the order; where there is SSE4.1,
/// <see cref="LanesSse"/> packs in fewer steps.
/// </summary>
internal static class Lanes128
{
    private const int Block = 16;

    public static bool IsSupported => LanesSse.IsSupported || AdvSimd.IsSupported;

    public static int Range(ReadOnlySpan<float> x, ref float low, ref float high, ref float sum)
    {
        if (x.Length < Block)
            return 0;
        ref var from = ref MemoryMarshal.GetReference(x);
        // The first block, which the last one of the loop may overlap.
        var (a, b, c, d) = (Vector128.LoadUnsafe(ref from), Vector128.LoadUnsafe(ref from, 4), Vector128.LoadUnsafe(ref from, 8), Vector128.LoadUnsafe(ref from, 12));
        var (low0, low1, high0, high1) = (Vector128.MinNative(a, c), Vector128.MinNative(b, d), Vector128.MaxNative(a, c), Vector128.MaxNative(b, d));
        var (sum0, sum1) = (a + c, b + d);
        for (nint i = x.Length - Block; i > 0; i -= Block)
        {
            (a, b) = (Vector128.LoadUnsafe(ref from, (nuint)i), Vector128.LoadUnsafe(ref from, (nuint)i + 4));
            (c, d) = (Vector128.LoadUnsafe(ref from, (nuint)i + 8), Vector128.LoadUnsafe(ref from, (nuint)i + 12));
            (low0, low1) = (Vector128.MinNative(low0, Vector128.MinNative(a, c)), Vector128.MinNative(low1, Vector128.MinNative(b, d)));
            (high0, high1) = (Vector128.MaxNative(high0, Vector128.MaxNative(a, c)), Vector128.MaxNative(high1, Vector128.MaxNative(b, d)));
            (sum0, sum1) = (sum0 + (a + c), sum1 + (b + d));
        }
        sum += Vector128.Sum(sum0 + sum1);
        Ends(Vector128.MinNative(low0, low1), Vector128.MaxNative(high0, high1), out low, out high);
        return x.Length;
    }

    /// <summary>The smallest of four and the largest of four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ends(Vector128<float> lows, Vector128<float> highs, out float low, out float high)
    {
        lows = Vector128.MinNative(lows, Vector128.Shuffle(lows, Vector128.Create(2, 3, 0, 1)));
        highs = Vector128.MaxNative(highs, Vector128.Shuffle(highs, Vector128.Create(2, 3, 0, 1)));
        low = Vector128.MinNative(lows, Vector128.Shuffle(lows, Vector128.Create(1, 0, 3, 2))).ToScalar();
        high = Vector128.MaxNative(highs, Vector128.Shuffle(highs, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    public static int Pack(ReadOnlySpan<float> x, in AffineGrid grid, Span<byte> packed)
    {
        ref var from = ref MemoryMarshal.GetReference(x);
        ref var to = ref MemoryMarshal.GetReference(packed);
        var (low, scale, b) = (Vector128.Create(grid.Low), Vector128.Create(grid.Scale), grid.Bits);
        // Two codes come together, then two of those and again: low + 2^s high - (2^s - 2^n) high = low + 2^n high, with n bits in the low one. Shifts by variables would take more.
        var (two, four, eight) = (Vector128.Create((ushort)((1 << 8) - (1 << b))), Vector128.Create((1u << 16) - (1u << (2 * b))), (1UL << 32) - (1UL << (4 * b)));
        nint i = 0, last = x.Length - Block, lastAt = packed.Length - b - 8;
        // A word is stored whole; what is empty of it is overwritten by the next one.
        for (nint at = 0; i <= last && at <= lastAt; i += Block, at += 2 * b)
        {
            var (k0, k1) = (Code(ref from, (nuint)i, low, scale), Code(ref from, (nuint)i + 4, low, scale));
            var (k2, k3) = (Code(ref from, (nuint)i + 8, low, scale), Code(ref from, (nuint)i + 12, low, scale));
            var codes = Vector128.Narrow(Vector128.Narrow(k0, k1), Vector128.Narrow(k2, k3)).AsUInt16();
            var twos = (codes - (codes >>> 8) * two).AsUInt32();
            var fours = (twos - (twos >>> 16) * four).AsUInt64();
            var (first, second) = (fours[0], fours[1]);
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, at), first - (first >> 32) * eight);
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, at + b), second - (second >> 32) * eight);
        }
        return (int)i;
    }

    public static int Unpack(ReadOnlySpan<byte> packed, in AffineGrid grid, Span<float> x)
    {
        ref var from = ref MemoryMarshal.GetReference(packed);
        ref var to = ref MemoryMarshal.GetReference(x);
        var (low, step, levels, b) = (Vector128.Create(grid.Low), Vector128.Create(grid.Step), Vector128.Create((byte)grid.Levels), grid.Bits);
        var (near, far, farther) = (8 - b, 16 - 2 * b, 32 - 4 * b);
        nint i = 0, last = x.Length - Block, lastAt = packed.Length - b - 8;
        for (nint at = 0; i <= last && at <= lastAt; i += Block, at += 2 * b)
        {
            var words = Vector128.Create(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref from, at)), Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref from, at + b)));
            words = Vector128.ConditionalSelect(Vector128.Create(0x00000000FFFFFFFFUL), words, Vector128.ShiftLeft(words, farther));
            words = Vector128.ConditionalSelect(Vector128.Create(0x0000FFFF0000FFFFUL), words, Vector128.ShiftLeft(words, far));
            words = Vector128.ConditionalSelect(Vector128.Create(0x00FF00FF00FF00FFUL), words, Vector128.ShiftLeft(words, near));
            var (first, second) = Vector128.Widen(words.AsByte() & levels);
            Dequantise(first, low, step, ref to, (nuint)i);
            Dequantise(second, low, step, ref to, (nuint)i + 8);
        }
        return (int)i;
    }

    public static int Pack16(ReadOnlySpan<float> x, in AffineGrid grid, Span<ushort> codes)
    {
        ref var from = ref MemoryMarshal.GetReference(x);
        ref var to = ref MemoryMarshal.GetReference(codes);
        var (low, scale) = (Vector128.Create(grid.Low), Vector128.Create(grid.Scale));
        nint i = 0, last = x.Length - 8;
        for (; i <= last; i += 8)
            Vector128.Narrow(Code(ref from, (nuint)i, low, scale), Code(ref from, (nuint)i + 4, low, scale)).StoreUnsafe(ref to, (nuint)i);
        return (int)i;
    }

    public static int Unpack16(ReadOnlySpan<ushort> codes, in AffineGrid grid, Span<float> x)
    {
        ref var from = ref MemoryMarshal.GetReference(codes);
        ref var to = ref MemoryMarshal.GetReference(x);
        var (low, step) = (Vector128.Create(grid.Low), Vector128.Create(grid.Step));
        nint i = 0, last = x.Length - 8;
        for (; i <= last; i += 8)
            Dequantise(Vector128.LoadUnsafe(ref from, (nuint)i), low, step, ref to, (nuint)i);
        return (int)i;
    }

    /// <summary>Its low 16 bits are the code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Code(ref float from, nuint at, Vector128<float> low, Vector128<float> scale) =>
        ((Vector128.LoadUnsafe(ref from, at) - low) * scale + Vector128.Create(RoundToBits)).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Dequantise(Vector128<ushort> codes, Vector128<float> low, Vector128<float> step, ref float to, nuint at)
    {
        var (a, b) = Vector128.Widen(codes);
        (Vector128.ConvertToSingle(a.AsInt32()) * step + low).StoreUnsafe(ref to, at);
        (Vector128.ConvertToSingle(b.AsInt32()) * step + low).StoreUnsafe(ref to, at + 4);
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static RlOffload.Inference.Codec.Lanes.ScalarLanes;

namespace RlOffload.Inference.Codec.Lanes;

/// <summary>As <see cref="Lanes512"/>, on 16 numbers at a time, with what SSE and NEON have in common.</summary>
internal static class Lanes128
{
    private const int Block = 16;

    public static bool IsSupported => Vector128.IsHardwareAccelerated;

    public static int Range(ReadOnlySpan<float> x, ref float low, ref float high, ref float finite)
    {
        if (x.Length < Block)
            return 0;
        ref var from = ref MemoryMarshal.GetReference(x);
        var (low0, low1) = (Vector128.Create(low), Vector128.Create(low));
        var (high0, high1) = (low0, low0);
        var (sum0, sum1) = (Vector128<float>.Zero, Vector128<float>.Zero);
        for (var i = x.Length - Block; i > -Block; i -= Block)
        {
            var at = (nuint)Math.Max(i, 0);
            var (a, b) = (Vector128.LoadUnsafe(ref from, at), Vector128.LoadUnsafe(ref from, at + 4));
            var (c, d) = (Vector128.LoadUnsafe(ref from, at + 8), Vector128.LoadUnsafe(ref from, at + 12));
            (low0, low1) = (Vector128.MinNative(low0, Vector128.MinNative(a, c)), Vector128.MinNative(low1, Vector128.MinNative(b, d)));
            (high0, high1) = (Vector128.MaxNative(high0, Vector128.MaxNative(a, c)), Vector128.MaxNative(high1, Vector128.MaxNative(b, d)));
            // 0 * x is 0, and NaN where x is NaN or infinite.
            sum0 = Vector128.MultiplyAddEstimate(a, Vector128<float>.Zero, Vector128.MultiplyAddEstimate(c, Vector128<float>.Zero, sum0));
            sum1 = Vector128.MultiplyAddEstimate(b, Vector128<float>.Zero, Vector128.MultiplyAddEstimate(d, Vector128<float>.Zero, sum1));
        }
        (low0, high0) = (Vector128.MinNative(low0, low1), Vector128.MaxNative(high0, high1));
        for (var lane = 0; lane < 4; lane++)
            (low, high) = (Math.Min(low, low0[lane]), Math.Max(high, high0[lane]));
        finite += Vector128.Sum(sum0 + sum1);
        return x.Length;
    }

    public static int Pack(ReadOnlySpan<float> x, in AffineGrid grid, Span<byte> packed)
    {
        ref var from = ref MemoryMarshal.GetReference(x);
        ref var to = ref MemoryMarshal.GetReference(packed);
        var (low, scale, b) = (Vector128.Create(grid.Low), Vector128.Create(grid.Scale), grid.Bits);
        var (i, at) = (0, 0);
        // A word is stored whole; what is empty of it is overwritten by the next one.
        for (; i <= x.Length - Block && at + b + 8 <= packed.Length; i += Block, at += 2 * b)
        {
            var (k0, k1) = (Code(ref from, i, low, scale), Code(ref from, i + 4, low, scale) << 8);
            var (k2, k3) = (Code(ref from, i + 8, low, scale) << 16, Code(ref from, i + 12, low, scale) << 24);
            var over = Transposed((k0 ^ k1 ^ k2 ^ k3 ^ Vector128.Create(AboveCode)).AsByte()).AsInt32();
            var words = Squeeze(over.AsUInt64(), b);
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, at), words[0]);
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, at + b), words[1]);
        }
        return i;
    }

    public static int Unpack(ReadOnlySpan<byte> packed, in AffineGrid grid, Span<float> x)
    {
        ref var from = ref MemoryMarshal.GetReference(packed);
        ref var to = ref MemoryMarshal.GetReference(x);
        var (low, step, levels, b) = (Vector128.Create(grid.Low), Vector128.Create(grid.Step), Vector128.Create(grid.Levels), grid.Bits);
        var (i, at) = (0, 0);
        for (; i <= x.Length - Block && at + b + 8 <= packed.Length; i += Block, at += 2 * b)
        {
            var words = Spread(Vector128.Create(Word(ref from, at), Word(ref from, at + b)), b);
            var over = Transposed(words.AsByte()).AsInt32();
            (Vector128.ConvertToSingle(over & levels) * step + low).StoreUnsafe(ref to, (nuint)i);
            (Vector128.ConvertToSingle((over >>> 8) & levels) * step + low).StoreUnsafe(ref to, (nuint)(i + 4));
            (Vector128.ConvertToSingle((over >>> 16) & levels) * step + low).StoreUnsafe(ref to, (nuint)(i + 8));
            (Vector128.ConvertToSingle((over >>> 24) & levels) * step + low).StoreUnsafe(ref to, (nuint)(i + 12));
        }
        return i;
    }

    public static int Pack16(ReadOnlySpan<float> x, in AffineGrid grid, Span<ushort> codes)
    {
        ref var from = ref MemoryMarshal.GetReference(x);
        ref var to = ref MemoryMarshal.GetReference(codes);
        var (low, scale, mask) = (Vector128.Create(grid.Low), Vector128.Create(grid.Scale), Vector128.Create(0xFFFFu));
        var i = 0;
        for (; i <= x.Length - 8; i += 8)
            Vector128.Narrow(Code(ref from, i, low, scale) & mask, Code(ref from, i + 4, low, scale) & mask).StoreUnsafe(ref to, (nuint)i);
        return i;
    }

    public static int Unpack16(ReadOnlySpan<ushort> codes, in AffineGrid grid, Span<float> x)
    {
        ref var from = ref MemoryMarshal.GetReference(codes);
        ref var to = ref MemoryMarshal.GetReference(x);
        var (low, step) = (Vector128.Create(grid.Low), Vector128.Create(grid.Step));
        var i = 0;
        for (; i <= x.Length - 8; i += 8)
        {
            var (a, b) = Vector128.Widen(Vector128.LoadUnsafe(ref from, (nuint)i));
            (Vector128.ConvertToSingle(a.AsInt32()) * step + low).StoreUnsafe(ref to, (nuint)i);
            (Vector128.ConvertToSingle(b.AsInt32()) * step + low).StoreUnsafe(ref to, (nuint)(i + 4));
        }
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Code(ref float from, int at, Vector128<float> low, Vector128<float> scale) =>
        ((Vector128.LoadUnsafe(ref from, (nuint)at) - low) * scale + Vector128.Create(RoundToBits)).AsUInt32();

    /// <summary>Byte 4i + k to byte 4k + i, its own inverse. Written out where it is used: .NET 9 makes one instruction only of an order that it sees as numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Transposed(Vector128<byte> v) => Vector128.Shuffle(v, Vector128.Create((byte)0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Word(ref byte from, int at) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref from, at));

    /// <inheritdoc cref="Lanes512"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Squeeze(Vector128<ulong> w, int b)
    {
        w = Vector128.ConditionalSelect(Vector128.Create(((1UL << b) - 1) * 0x0001000100010001UL), w, Vector128.ShiftRightLogical(w, 8 - b));
        w = Vector128.ConditionalSelect(Vector128.Create(((1UL << (2 * b)) - 1) * 0x0000000100000001UL), w, Vector128.ShiftRightLogical(w, 16 - 2 * b));
        return Vector128.ConditionalSelect(Vector128.Create((1UL << (4 * b)) - 1), w, Vector128.ShiftRightLogical(w, 32 - 4 * b));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Spread(Vector128<ulong> w, int b)
    {
        w = Vector128.ConditionalSelect(Vector128.Create(0x00000000FFFFFFFFUL), w, Vector128.ShiftLeft(w, 32 - 4 * b));
        w = Vector128.ConditionalSelect(Vector128.Create(0x0000FFFF0000FFFFUL), w, Vector128.ShiftLeft(w, 16 - 2 * b));
        return Vector128.ConditionalSelect(Vector128.Create(0x00FF00FF00FF00FFUL), w, Vector128.ShiftLeft(w, 8 - b));
    }
}

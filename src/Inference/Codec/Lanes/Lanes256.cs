using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static RlOffload.Inference.Codec.Lanes.ScalarLanes;

namespace RlOffload.Inference.Codec.Lanes;

/// <summary>As <see cref="Lanes512"/>, on 32 numbers at a time; without a permutation of bytes across the vector the words are stored one by one.</summary>
internal static class Lanes256
{
    private const int Block = 32;

    public static bool IsSupported => Avx2.IsSupported;

    /// <summary>Within each half: byte 4i + k to byte 4k + i, its own inverse.</summary>
    private static Vector256<byte> Transposed => Vector256.Create(
        (byte)0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);

    public static int Range(ReadOnlySpan<float> x, ref float low, ref float high, ref float finite)
    {
        if (x.Length < Block)
            return 0;
        ref var from = ref MemoryMarshal.GetReference(x);
        var (low0, low1) = (Vector256.Create(low), Vector256.Create(low));
        var (high0, high1) = (low0, low0);
        var (sum0, sum1) = (Vector256<float>.Zero, Vector256<float>.Zero);
        for (var i = x.Length - Block; i > -Block; i -= Block)
        {
            var at = (nuint)Math.Max(i, 0);
            var (a, b) = (Vector256.LoadUnsafe(ref from, at), Vector256.LoadUnsafe(ref from, at + 8));
            var (c, d) = (Vector256.LoadUnsafe(ref from, at + 16), Vector256.LoadUnsafe(ref from, at + 24));
            (low0, low1) = (Vector256.MinNative(low0, Vector256.MinNative(a, c)), Vector256.MinNative(low1, Vector256.MinNative(b, d)));
            (high0, high1) = (Vector256.MaxNative(high0, Vector256.MaxNative(a, c)), Vector256.MaxNative(high1, Vector256.MaxNative(b, d)));
            // 0 * x is 0, and NaN where x is NaN or infinite.
            sum0 = Vector256.MultiplyAddEstimate(a, Vector256<float>.Zero, Vector256.MultiplyAddEstimate(c, Vector256<float>.Zero, sum0));
            sum1 = Vector256.MultiplyAddEstimate(b, Vector256<float>.Zero, Vector256.MultiplyAddEstimate(d, Vector256<float>.Zero, sum1));
        }
        (low0, high0) = (Vector256.MinNative(low0, low1), Vector256.MaxNative(high0, high1));
        for (var lane = 0; lane < 8; lane++)
            (low, high) = (Math.Min(low, low0[lane]), Math.Max(high, high0[lane]));
        finite += Vector256.Sum(sum0 + sum1);
        return x.Length;
    }

    public static int Pack(ReadOnlySpan<float> x, in AffineGrid grid, Span<byte> packed)
    {
        ref var from = ref MemoryMarshal.GetReference(x);
        ref var to = ref MemoryMarshal.GetReference(packed);
        var (low, scale, b) = (Vector256.Create(grid.Low), Vector256.Create(grid.Scale), grid.Bits);
        var (i, at) = (0, 0);
        // A word is stored whole; what is empty of it is overwritten by the next one.
        for (; i <= x.Length - Block && at + 3 * b + 8 <= packed.Length; i += Block, at += 4 * b)
        {
            var (k0, k1) = (Code(ref from, i, low, scale), Code(ref from, i + 8, low, scale) << 8);
            var (k2, k3) = (Code(ref from, i + 16, low, scale) << 16, Code(ref from, i + 24, low, scale) << 24);
            var over = Avx2.Shuffle((k0 ^ k1 ^ k2 ^ k3 ^ Vector256.Create(AboveCode)).AsByte(), Transposed).AsInt32();
            var words = Squeeze(Avx2.PermuteVar8x32(over, Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7)).AsUInt64(), b);
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, at), words[0]);
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, at + b), words[1]);
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, at + 2 * b), words[2]);
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, at + 3 * b), words[3]);
        }
        return i;
    }

    public static int Unpack(ReadOnlySpan<byte> packed, in AffineGrid grid, Span<float> x)
    {
        ref var from = ref MemoryMarshal.GetReference(packed);
        ref var to = ref MemoryMarshal.GetReference(x);
        var (low, step, levels, b) = (Vector256.Create(grid.Low), Vector256.Create(grid.Step), Vector256.Create(grid.Levels), grid.Bits);
        var (i, at) = (0, 0);
        for (; i <= x.Length - Block && at + 3 * b + 8 <= packed.Length; i += Block, at += 4 * b)
        {
            var words = Spread(Vector256.Create(Word(ref from, at), Word(ref from, at + b), Word(ref from, at + 2 * b), Word(ref from, at + 3 * b)), b);
            var over = Avx2.PermuteVar8x32(words.AsInt32(), Vector256.Create(0, 2, 4, 6, 1, 3, 5, 7));
            over = Avx2.Shuffle(over.AsByte(), Transposed).AsInt32();
            (Vector256.ConvertToSingle(over & levels) * step + low).StoreUnsafe(ref to, (nuint)i);
            (Vector256.ConvertToSingle((over >>> 8) & levels) * step + low).StoreUnsafe(ref to, (nuint)(i + 8));
            (Vector256.ConvertToSingle((over >>> 16) & levels) * step + low).StoreUnsafe(ref to, (nuint)(i + 16));
            (Vector256.ConvertToSingle((over >>> 24) & levels) * step + low).StoreUnsafe(ref to, (nuint)(i + 24));
        }
        return i;
    }

    public static int Pack16(ReadOnlySpan<float> x, in AffineGrid grid, Span<ushort> codes)
    {
        ref var from = ref MemoryMarshal.GetReference(x);
        ref var to = ref MemoryMarshal.GetReference(codes);
        var (low, scale, mask) = (Vector256.Create(grid.Low), Vector256.Create(grid.Scale), Vector256.Create(0xFFFFu));
        var i = 0;
        for (; i <= x.Length - 16; i += 16)
            Vector256.Narrow(Code(ref from, i, low, scale) & mask, Code(ref from, i + 8, low, scale) & mask).StoreUnsafe(ref to, (nuint)i);
        return i;
    }

    public static int Unpack16(ReadOnlySpan<ushort> codes, in AffineGrid grid, Span<float> x)
    {
        ref var from = ref MemoryMarshal.GetReference(codes);
        ref var to = ref MemoryMarshal.GetReference(x);
        var (low, step) = (Vector256.Create(grid.Low), Vector256.Create(grid.Step));
        var i = 0;
        for (; i <= x.Length - 16; i += 16)
        {
            var (a, b) = Vector256.Widen(Vector256.LoadUnsafe(ref from, (nuint)i));
            (Vector256.ConvertToSingle(a.AsInt32()) * step + low).StoreUnsafe(ref to, (nuint)i);
            (Vector256.ConvertToSingle(b.AsInt32()) * step + low).StoreUnsafe(ref to, (nuint)(i + 8));
        }
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Code(ref float from, int at, Vector256<float> low, Vector256<float> scale) =>
        ((Vector256.LoadUnsafe(ref from, (nuint)at) - low) * scale + Vector256.Create(RoundToBits)).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Word(ref byte from, int at) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref from, at));

    /// <summary>The bits of each word's 8 codes move together: those of four by products with powers of two, then the halves. Above 8b bits is rubbish.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Squeeze(Vector256<ulong> w, int b)
    {
        if (b == 8)
            return w;
        var pairs = Avx2.MultiplyAddAdjacent(Vector256.Create((ushort)(1 | 1 << (8 + b))).AsByte(), w.AsSByte());
        w = Avx2.MultiplyAddAdjacent(pairs, Vector256.Create(1 | 1 << (16 + 2 * b)).AsInt16()).AsUInt64();
        return Vector256.ConditionalSelect(Vector256.Create((1UL << (4 * b)) - 1), w, Vector256.ShiftRightLogical(w, 32 - 4 * b));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Spread(Vector256<ulong> w, int b)
    {
        w = Vector256.ConditionalSelect(Vector256.Create(0x00000000FFFFFFFFUL), w, Vector256.ShiftLeft(w, 32 - 4 * b));
        w = Vector256.ConditionalSelect(Vector256.Create(0x0000FFFF0000FFFFUL), w, Vector256.ShiftLeft(w, 16 - 2 * b));
        return Vector256.ConditionalSelect(Vector256.Create(0x00FF00FF00FF00FFUL), w, Vector256.ShiftLeft(w, 8 - b));
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RlOffload.Inference.Codec.Lanes;

/// <summary>
/// As <see cref="Lanes512"/>, on 32 numbers at a time. Bytes can be permuted within the vector's halves only, so each half is closed and stored by itself. What a loop needs is made before it
/// and kept in locals, as fields and properties it would be read, or called for, each time around: neither compiler moves that out, and a call costs a loop all its registers.
/// </summary>
internal static class Lanes256
{
    private const int Block = 32;

    public static bool IsSupported => Avx2.IsSupported;

    public static int Range(ReadOnlySpan<float> x, ref float low, ref float high, ref float sum)
    {
        if (x.Length < Block)
            return 0;
        ref var from = ref MemoryMarshal.GetReference(x);
        // The first block, which the last one of the loop may overlap.
        var (a, b, c, d) = (Vector256.LoadUnsafe(ref from), Vector256.LoadUnsafe(ref from, 8), Vector256.LoadUnsafe(ref from, 16), Vector256.LoadUnsafe(ref from, 24));
        var (low0, low1, high0, high1) = (Vector256.MinNative(a, c), Vector256.MinNative(b, d), Vector256.MaxNative(a, c), Vector256.MaxNative(b, d));
        var (sum0, sum1) = (a + c, b + d);
        for (nint i = x.Length - Block; i > 0; i -= Block)
        {
            (a, b) = (Vector256.LoadUnsafe(ref from, (nuint)i), Vector256.LoadUnsafe(ref from, (nuint)i + 8));
            (c, d) = (Vector256.LoadUnsafe(ref from, (nuint)i + 16), Vector256.LoadUnsafe(ref from, (nuint)i + 24));
            (low0, low1) = (Vector256.MinNative(low0, Vector256.MinNative(a, c)), Vector256.MinNative(low1, Vector256.MinNative(b, d)));
            (high0, high1) = (Vector256.MaxNative(high0, Vector256.MaxNative(a, c)), Vector256.MaxNative(high1, Vector256.MaxNative(b, d)));
            // Sums find what is not finite beside the comparisons: processors add and compare in different units.
            (sum0, sum1) = (sum0 + (a + c), sum1 + (b + d));
        }
        sum += Vector256.Sum(sum0 + sum1);
        (low0, high0) = (Vector256.MinNative(low0, low1), Vector256.MaxNative(high0, high1));
        Lanes128.Ends(Vector128.MinNative(low0.GetLower(), low0.GetUpper()), Vector128.MaxNative(high0.GetLower(), high0.GetUpper()), out low, out high);
        return x.Length;
    }

    public static int Pack(ReadOnlySpan<float> x, in AffineGrid grid, Span<byte> packed) =>
        grid.Bits == 8 ? Pack<Whole>(x, grid, packed) : grid.Bits % 2 == 0 ? Pack<Even>(x, grid, packed) : Pack<Odd>(x, grid, packed);

    private static int Pack<TJoin>(ReadOnlySpan<float> x, in AffineGrid grid, Span<byte> packed) where TJoin : struct, IJoin
    {
        ref var from = ref MemoryMarshal.GetReference(x);
        ref var to = ref MemoryMarshal.GetReference(packed);
        var b = grid.Bits;
        var (minusLow, scale) = (Vector256.Create(-grid.Low), Vector256.Create(grid.Scale));
        var (pairs, fours) = (Vector256.Create((ushort)(1 | 1 << (8 + b))), Vector256.Create(1 | 1 << (16 + 2 * b)));
        var (order, close, far) = (Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7), TJoin.Close(b), Vector256.Create((ulong)(32 - 4 * b)));
        nint i = 0, half = 2 * b, last = x.Length - Block, lastAt = packed.Length - half - 16;
        // Each half is stored whole; what is empty of it is overwritten by the next one.
        for (nint at = 0; i <= last && at <= lastAt; i += Block, at += 2 * half)
        {
            var halves = TJoin.Of(Codes(ref from, (nuint)i, minusLow, scale), pairs, fours, order, far, close);
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, at), halves.GetLower());
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, at + half), Avx2.ExtractVector128(halves, 1));
        }
        return (int)i;
    }

    public static unsafe int Unpack(ReadOnlySpan<byte> packed, in AffineGrid grid, Span<float> x)
    {
        ref var to = ref MemoryMarshal.GetReference(x);
        var (low, step, levels, b) = (Vector256.Create(grid.Low), Vector256.Create(grid.Step), Vector256.Create(grid.Levels), grid.Bits);
        // Code i of 8 takes bits i * b and on: of its byte and the next one.
        var begins = Vector256.Create(0, 1, 2, 3, 4, 5, 6, 7) * b;
        var (open, down) = ((begins >>> 3) * 0x0101 + Vector256.Create(unchecked((int)0x80800100)), (begins & Vector256.Create(7)).AsUInt32());
        nint i = 0, last = x.Length - 8, lastAt = packed.Length - 16;
        fixed (byte* from = packed)
            for (nint at = 0; i <= last && at <= lastAt; i += 8, at += b)
            {
                var words = Avx2.Shuffle(Avx2.BroadcastVector128ToVector256(from + at), open.AsByte()).AsInt32();
                (Vector256.ConvertToSingle(Avx2.ShiftRightLogicalVariable(words, down) & levels) * step + low).StoreUnsafe(ref to, (nuint)i);
            }
        return (int)i;
    }

    public static int Pack16(ReadOnlySpan<float> x, in AffineGrid grid, Span<ushort> codes)
    {
        ref var from = ref MemoryMarshal.GetReference(x);
        ref var to = ref MemoryMarshal.GetReference(codes);
        var (minusLow, scale) = (Vector256.Create(-grid.Low), Vector256.Create(grid.Scale));
        nint i = 0, last = x.Length - 16;
        for (; i <= last; i += 16)
        {
            var both = Avx2.PackUnsignedSaturate(Code(ref from, (nuint)i, minusLow, scale), Code(ref from, (nuint)i + 8, minusLow, scale));
            Avx2.Permute4x64(both.AsUInt64(), 0b11_01_10_00).AsUInt16().StoreUnsafe(ref to, (nuint)i);
        }
        return (int)i;
    }

    public static int Unpack16(ReadOnlySpan<ushort> codes, in AffineGrid grid, Span<float> x)
    {
        ref var from = ref MemoryMarshal.GetReference(codes);
        ref var to = ref MemoryMarshal.GetReference(x);
        var (low, step) = (Vector256.Create(grid.Low), Vector256.Create(grid.Step));
        nint i = 0, last = x.Length - 8;
        for (; i <= last; i += 8)
            (Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(Vector128.LoadUnsafe(ref from, (nuint)i))) * step + low).StoreUnsafe(ref to, (nuint)i);
        return (int)i;
    }

    /// <summary>The codes of the 32 numbers from <paramref name="at"/> on, narrowed within the vector's halves: byte 16h + 4k + i is of number 8k + 4h + i.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Codes(ref float from, nuint at, Vector256<float> minusLow, Vector256<float> scale)
    {
        var (a, b) = (Code(ref from, at, minusLow, scale), Code(ref from, at + 8, minusLow, scale));
        var (c, d) = (Code(ref from, at + 16, minusLow, scale), Code(ref from, at + 24, minusLow, scale));
        return Avx2.PackUnsignedSaturate(Avx2.PackSignedSaturate(a, b), Avx2.PackSignedSaturate(c, d));
    }

    /// <summary>The conversion rounds to the nearest, half to even. A sum with -low is one instruction with its load, and the same as the difference.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Code(ref float from, nuint at, Vector256<float> minusLow, Vector256<float> scale) =>
        Avx.ConvertToVector256Int32((Vector256.LoadUnsafe(ref from, at) + minusLow) * scale);

    /// <summary>Moves the bits of 32 narrowed codes together: in each half 2b bytes without gaps.</summary>
    private interface IJoin
    {
        static abstract Vector256<byte> Close(int b);

        /// <param name="pairs">Moves two codes together,</param>
        /// <param name="fours">and two of those.</param>
        /// <param name="order">Of the fours' numbers.</param>
        /// <param name="far">From four codes to the next four, less their bits.</param>
        /// <param name="close">The whole bytes.</param>
        static abstract Vector256<byte> Of(Vector256<byte> codes, Vector256<ushort> pairs, Vector256<int> fours, Vector256<int> order, Vector256<ulong> far, Vector256<byte> close);
    }

    private readonly struct Whole : IJoin
    {
        public static Vector256<byte> Close(int b) => default;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<byte> Of(Vector256<byte> codes, Vector256<ushort> pairs, Vector256<int> fours, Vector256<int> order, Vector256<ulong> far, Vector256<byte> close) =>
            Avx2.PermuteVar8x32(codes.AsInt32(), order).AsByte();
    }

    private readonly struct Even : IJoin
    {
        public static Vector256<byte> Close(int b) => Vector256.Create(LanesSse.ClosedFours[b], LanesSse.ClosedFours[b]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<byte> Of(Vector256<byte> codes, Vector256<ushort> pairs, Vector256<int> fours, Vector256<int> order, Vector256<ulong> far, Vector256<byte> close) =>
            Avx2.Shuffle(Fours(codes, pairs, fours, order).AsByte(), close);
    }

    private readonly struct Odd : IJoin
    {
        public static Vector256<byte> Close(int b) => Vector256.Create(LanesSse.ClosedEights[b], LanesSse.ClosedEights[b]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<byte> Of(Vector256<byte> codes, Vector256<ushort> pairs, Vector256<int> fours, Vector256<int> order, Vector256<ulong> far, Vector256<byte> close)
        {
            // Of each word the lower four move up to the upper ones, then all of them down.
            var words = Avx2.ShiftLeftLogicalVariable(Fours(codes, pairs, fours, order), far.AsUInt32()).AsUInt64();
            return Avx2.Shuffle(Avx2.ShiftRightLogicalVariable(words, far).AsByte(), close);
        }
    }

    /// <summary>Four codes below 128 in the 4b low bits of each 32, in the order of their numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Fours(Vector256<byte> codes, Vector256<ushort> pairs, Vector256<int> fours, Vector256<int> order) =>
        Avx2.PermuteVar8x32(Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(pairs.AsByte(), codes.AsSByte()), fours.AsInt16()), order);
}

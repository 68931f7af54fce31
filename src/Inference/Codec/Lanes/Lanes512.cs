using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RlOffload.Inference.Codec.Lanes;

/// <summary>
/// The codec's passes on 64 numbers at a time. Four vectors of codes are narrowed to bytes; two products with powers of two move the bits of four codes together
/// (vpmaddubsw, vpmaddwd), which of an even number of bits are whole bytes, so that one permutation puts them in order without gaps; of an odd number a shift joins
/// eight. Each pass gives back how many numbers it did, from the first on.
/// </summary>
internal static class Lanes512
{
    private const int Block = 64;

    /// <summary>Narrowing works within the vector's quarters: byte 16q + 4k + i is of number 16k + 4q + i.</summary>
    private static readonly Vector512<byte> Ordered = Bytes(p => 16 * (p % 16 / 4) + p / 16 * 4 + p % 4);
    private static readonly Vector512<ushort> Ordered16 = Shorts(p => 8 * (p % 16 / 4) + p / 16 * 4 + p % 4);

    /// <summary>Byte 4i + k is of number 16k + i: codes that lie over each other.</summary>
    private static readonly Vector512<byte> Overlaid = Bytes(p => 16 * (p % 4) + p / 4);
    private static readonly Vector512<ushort> Overlaid16 = Shorts(p => 16 * (p % 2) + p / 2);

    /// <summary>By b: the first b bytes of each of 8 words one after the other, and back.</summary>
    private static readonly Vector512<byte>[] Closed = [.. Enumerable.Range(0, 9).Select(b => Bytes(p => b > 0 && p < 8 * b ? p / b * 8 + p % b : 0))];
    private static readonly Vector512<byte>[] Opened = [.. Enumerable.Range(0, 9).Select(b => Bytes(p => Math.Min(p / 8 * b + p % 8, 63)))];

    /// <summary>By even b: the first b / 2 bytes of each of 16 narrowed words, in the order of their numbers.</summary>
    private static readonly Vector512<byte>[] Gathered = [.. Enumerable.Range(0, 9)
        .Select(b => Bytes(p => b > 1 && p / (b / 2) is < 16 and var word ? 16 * (word % 4) + word / 4 * 4 + p % (b / 2) : 0))];

    /// <summary>By b: where in its word each code begins.</summary>
    private static readonly Vector512<byte>[] Begins = [.. Enumerable.Range(0, 9).Select(b => Bytes(p => p % 8 * b))];

    public static bool IsSupported => Vector512.IsHardwareAccelerated && Avx512Vbmi.IsSupported;

    public static int Range(ReadOnlySpan<float> x, ref float low, ref float high, ref float sum)
    {
        if (x.Length < Block)
            return 0;
        ref var from = ref MemoryMarshal.GetReference(x);
        var (low0, low1, low2, low3) = (Vector512.Create(low), Vector512.Create(low), Vector512.Create(low), Vector512.Create(low));
        var (high0, high1, high2, high3) = (low0, low0, low0, low0);
        var (sum0, sum1, sum2, sum3) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        for (var i = x.Length - Block; i > -Block; i -= Block)
        {
            // Backwards, so that what comes first is still in the nearest cache when it is packed. The last block may overlap the one before it.
            var at = (nuint)Math.Max(i, 0);
            var (a, b) = (Vector512.LoadUnsafe(ref from, at), Vector512.LoadUnsafe(ref from, at + 16));
            var (c, d) = (Vector512.LoadUnsafe(ref from, at + 32), Vector512.LoadUnsafe(ref from, at + 48));
            (low0, low1, low2, low3) = (Vector512.MinNative(low0, a), Vector512.MinNative(low1, b), Vector512.MinNative(low2, c), Vector512.MinNative(low3, d));
            (high0, high1, high2, high3) = (Vector512.MaxNative(high0, a), Vector512.MaxNative(high1, b), Vector512.MaxNative(high2, c), Vector512.MaxNative(high3, d));
            // 0 * x is 0, and NaN where x is NaN or infinite.
            sum0 = Vector512.FusedMultiplyAdd(a, Vector512<float>.Zero, sum0);
            sum1 = Vector512.FusedMultiplyAdd(b, Vector512<float>.Zero, sum1);
            sum2 = Vector512.FusedMultiplyAdd(c, Vector512<float>.Zero, sum2);
            sum3 = Vector512.FusedMultiplyAdd(d, Vector512<float>.Zero, sum3);
        }
        low0 = Vector512.MinNative(Vector512.MinNative(low0, low1), Vector512.MinNative(low2, low3));
        high0 = Vector512.MaxNative(Vector512.MaxNative(high0, high1), Vector512.MaxNative(high2, high3));
        var (lows, highs) = (Vector256.MinNative(low0.GetLower(), low0.GetUpper()), Vector256.MaxNative(high0.GetLower(), high0.GetUpper()));
        Lanes128.Ends(Vector128.MinNative(lows.GetLower(), lows.GetUpper()), Vector128.MaxNative(highs.GetLower(), highs.GetUpper()), out low, out high);
        sum += Vector512.Sum(sum0 + sum1 + sum2 + sum3);
        return x.Length;
    }

    public static int Pack(ReadOnlySpan<float> x, in AffineGrid grid, Span<byte> packed) =>
        grid.Bits == 8 ? Pack<Whole>(x, grid, packed) : grid.Bits % 2 == 0 ? Pack<Even>(x, grid, packed) : Pack<Odd>(x, grid, packed);

    private static int Pack<TJoin>(ReadOnlySpan<float> x, in AffineGrid grid, Span<byte> packed) where TJoin : struct, IJoin
    {
        ref var from = ref MemoryMarshal.GetReference(x);
        ref var to = ref MemoryMarshal.GetReference(packed);
        var b = grid.Bits;
        var (minusLow, scale) = (Vector512.Create(-grid.Low), Vector512.Create(grid.Scale));
        var (pairs, fours) = (Vector512.Create((ushort)(1 | 1 << (8 + b))), Vector512.Create(1 | 1 << (16 + 2 * b)));
        var (order, close, far) = (Ordered, TJoin.Close(b), Vector512.Create((ulong)(32 - 4 * b)));
        nint i = 0, last = x.Length - Block, lastAt = packed.Length - Block;
        // The block is stored whole; what is empty of it is overwritten by the next one.
        for (nint at = 0; i <= last && at <= lastAt; i += Block, at += 8 * b)
            TJoin.Of(Codes(ref from, (nuint)i, minusLow, scale), pairs, fours, order, far, close).StoreUnsafe(ref to, (nuint)at);
        return (int)i;
    }

    public static int Unpack(ReadOnlySpan<byte> packed, in AffineGrid grid, Span<float> x)
    {
        ref var from = ref MemoryMarshal.GetReference(packed);
        ref var to = ref MemoryMarshal.GetReference(x);
        var (low, step, levels) = (Vector512.Create(grid.Low), Vector512.Create(grid.Step), Vector512.Create(grid.Levels));
        var (b, overlay, open, begins) = (grid.Bits, Overlaid, Opened[grid.Bits], Begins[grid.Bits]);
        nint i = 0, last = x.Length - Block, lastAt = packed.Length - Block;
        for (nint at = 0; i <= last && at <= lastAt; i += Block, at += 8 * b)
            Dequantise(Spread(Vector512.LoadUnsafe(ref from, (nuint)at), open, begins), overlay, low, step, levels, ref to, (nuint)i);
        return (int)i;
    }

    public static int Pack16(ReadOnlySpan<float> x, in AffineGrid grid, Span<ushort> codes)
    {
        ref var from = ref MemoryMarshal.GetReference(x);
        ref var to = ref MemoryMarshal.GetReference(codes);
        var (minusLow, scale, order) = (Vector512.Create(-grid.Low), Vector512.Create(grid.Scale), Ordered16);
        nint i = 0, last = x.Length - 32;
        for (; i <= last; i += 32)
        {
            var both = Avx512BW.PackUnsignedSaturate(Code(ref from, (nuint)i, minusLow, scale), Code(ref from, (nuint)i + 16, minusLow, scale));
            Avx512BW.PermuteVar32x16(both, order).StoreUnsafe(ref to, (nuint)i);
        }
        return (int)i;
    }

    public static int Unpack16(ReadOnlySpan<ushort> codes, in AffineGrid grid, Span<float> x)
    {
        ref var from = ref MemoryMarshal.GetReference(codes);
        ref var to = ref MemoryMarshal.GetReference(x);
        var (low, step, overlay) = (Vector512.Create(grid.Low), Vector512.Create(grid.Step), Overlaid16);
        nint i = 0, last = x.Length - 32;
        for (; i <= last; i += 32)
        {
            var both = Avx512BW.PermuteVar32x16(Vector512.LoadUnsafe(ref from, (nuint)i), overlay).AsInt32();
            (Vector512.ConvertToSingle(both & Vector512.Create(0xFFFF)) * step + low).StoreUnsafe(ref to, (nuint)i);
            (Vector512.ConvertToSingle(both >>> 16) * step + low).StoreUnsafe(ref to, (nuint)i + 16);
        }
        return (int)i;
    }

    /// <summary>The codes of the 64 numbers from <paramref name="at"/> on, narrowed within the vector's quarters (<see cref="Ordered"/>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Codes(ref float from, nuint at, Vector512<float> minusLow, Vector512<float> scale)
    {
        var (a, b) = (Code(ref from, at, minusLow, scale), Code(ref from, at + 16, minusLow, scale));
        var (c, d) = (Code(ref from, at + 32, minusLow, scale), Code(ref from, at + 48, minusLow, scale));
        return Avx512BW.PackUnsignedSaturate(Avx512BW.PackUnsignedSaturate(a, b).AsInt16(), Avx512BW.PackUnsignedSaturate(c, d).AsInt16());
    }

    /// <summary>The conversion rounds to the nearest, half to even. A sum with -low is one instruction with its load, and the same as the difference.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Code(ref float from, nuint at, Vector512<float> minusLow, Vector512<float> scale) =>
        Avx512F.ConvertToVector512Int32((Vector512.LoadUnsafe(ref from, at) + minusLow) * scale);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Dequantise(
        Vector512<byte> codes, Vector512<byte> overlay, Vector512<float> low, Vector512<float> step, Vector512<int> levels, ref float to, nuint at)
    {
        var over = Avx512Vbmi.PermuteVar64x8(codes, overlay).AsInt32();
        (Vector512.ConvertToSingle(over & levels) * step + low).StoreUnsafe(ref to, at);
        (Vector512.ConvertToSingle((over >>> 8) & levels) * step + low).StoreUnsafe(ref to, at + 16);
        (Vector512.ConvertToSingle((over >>> 16) & levels) * step + low).StoreUnsafe(ref to, at + 32);
        (Vector512.ConvertToSingle((over >>> 24) & levels) * step + low).StoreUnsafe(ref to, at + 48);
    }

    /// <summary>A word to each 8 codes, then a byte to each code; above its b low bits is rubbish.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Spread(Vector512<byte> packed, Vector512<byte> open, Vector512<byte> begins) =>
        Avx512Vbmi.MultiShift(begins, Avx512Vbmi.PermuteVar64x8(packed, open).AsUInt64());

    private static Vector512<byte> Bytes(Func<int, int> at) => Vector512.Create<byte>([.. Enumerable.Range(0, 64).Select(p => (byte)at(p))]);

    private static Vector512<ushort> Shorts(Func<int, int> at) => Vector512.Create<ushort>([.. Enumerable.Range(0, 32).Select(p => (ushort)at(p))]);

    /// <summary>Moves the bits of 64 narrowed codes together, without gaps.</summary>
    private interface IJoin
    {
        static abstract Vector512<byte> Close(int b);

        /// <param name="pairs">Moves two codes together,</param>
        /// <param name="fours">and two of those.</param>
        /// <param name="order"><see cref="Ordered"/></param>
        /// <param name="far">From four codes to the next four, less their bits.</param>
        /// <param name="close">The whole bytes.</param>
        static abstract Vector512<byte> Of(Vector512<byte> codes, Vector512<ushort> pairs, Vector512<int> fours, Vector512<byte> order, Vector512<ulong> far, Vector512<byte> close);
    }

    private readonly struct Whole : IJoin
    {
        public static Vector512<byte> Close(int b) => Gathered[b];

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<byte> Of(Vector512<byte> codes, Vector512<ushort> pairs, Vector512<int> fours, Vector512<byte> order, Vector512<ulong> far, Vector512<byte> close) =>
            Avx512Vbmi.PermuteVar64x8(codes, close);
    }

    private readonly struct Even : IJoin
    {
        public static Vector512<byte> Close(int b) => Gathered[b];

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<byte> Of(Vector512<byte> codes, Vector512<ushort> pairs, Vector512<int> fours, Vector512<byte> order, Vector512<ulong> far, Vector512<byte> close) =>
            Avx512Vbmi.PermuteVar64x8(Fours(codes, pairs, fours), close);
    }

    private readonly struct Odd : IJoin
    {
        public static Vector512<byte> Close(int b) => Closed[b];

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<byte> Of(Vector512<byte> codes, Vector512<ushort> pairs, Vector512<int> fours, Vector512<byte> order, Vector512<ulong> far, Vector512<byte> close)
        {
            // Of each word the lower four move up to the upper ones, then all of them down.
            var words = Avx512F.ShiftLeftLogicalVariable(Avx512Vbmi.PermuteVar64x8(Fours(codes, pairs, fours), order).AsUInt32(), far.AsUInt32()).AsUInt64();
            return Avx512Vbmi.PermuteVar64x8(Avx512F.ShiftRightLogicalVariable(words, far).AsByte(), close);
        }
    }

    /// <summary>Four codes below 128 in the 4b low bits of each 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Fours(Vector512<byte> codes, Vector512<ushort> pairs, Vector512<int> fours) =>
        Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(pairs.AsByte(), codes.AsSByte()), fours.AsInt16()).AsByte();
}

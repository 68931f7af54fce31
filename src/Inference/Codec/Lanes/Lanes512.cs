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

    public static int Range(ReadOnlySpan<float> x, ref float low, ref float high, ref float finite)
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
        for (var lane = 0; lane < 8; lane++)
            (low, high) = (Math.Min(low, lows[lane]), Math.Max(high, highs[lane]));
        finite += Vector512.Sum(sum0 + sum1 + sum2 + sum3);
        return x.Length;
    }

    public static int Pack(ReadOnlySpan<float> x, in AffineGrid grid, Span<byte> packed) =>
        grid.Bits == 8 ? Pack(x, grid, packed, new Whole(Gathered[8]))
        : grid.Bits % 2 == 0 ? Pack(x, grid, packed, new Even(grid.Bits))
        : Pack(x, grid, packed, new Odd(grid.Bits));

    private static int Pack<T>(ReadOnlySpan<float> x, in AffineGrid grid, Span<byte> packed, T join) where T : struct, IJoin
    {
        ref var from = ref MemoryMarshal.GetReference(x);
        ref var to = ref MemoryMarshal.GetReference(packed);
        var (low, scale) = (Vector512.Create(grid.Low), Vector512.Create(grid.Scale));
        var b = grid.Bits;
        var i = 0;
        // The block is stored whole; what is empty of it is overwritten by the next one.
        for (; i <= x.Length - Block && i / 8 * b <= packed.Length - Block; i += Block)
            join.Of(Codes(ref from, i, low, scale)).StoreUnsafe(ref to, (nuint)(i / 8 * b));
        Span<byte> last = stackalloc byte[Block];
        for (; i <= x.Length - Block; i += Block)
        {
            join.Of(Codes(ref from, i, low, scale)).CopyTo(last);
            last[..(8 * b)].CopyTo(packed[(i / 8 * b)..]);
        }
        return i;
    }

    public static int Unpack(ReadOnlySpan<byte> packed, in AffineGrid grid, Span<float> x)
    {
        ref var from = ref MemoryMarshal.GetReference(packed);
        ref var to = ref MemoryMarshal.GetReference(x);
        var (low, step, levels) = (Vector512.Create(grid.Low), Vector512.Create(grid.Step), Vector512.Create(grid.Levels));
        var (b, overlay, open, begins) = (grid.Bits, Overlaid, Opened[grid.Bits], Begins[grid.Bits]);
        var i = 0;
        for (; i <= x.Length - Block && i / 8 * b <= packed.Length - Block; i += Block)
            Dequantise(Spread(Vector512.LoadUnsafe(ref from, (nuint)(i / 8 * b)), open, begins), overlay, low, step, levels, ref to, i);
        Span<byte> last = stackalloc byte[Block];
        for (; i <= x.Length - Block; i += Block)
        {
            packed.Slice(i / 8 * b, 8 * b).CopyTo(last);
            Dequantise(Spread(Vector512.Create<byte>(last), open, begins), overlay, low, step, levels, ref to, i);
        }
        return i;
    }

    public static int Pack16(ReadOnlySpan<float> x, in AffineGrid grid, Span<ushort> codes)
    {
        ref var from = ref MemoryMarshal.GetReference(x);
        ref var to = ref MemoryMarshal.GetReference(codes);
        var (low, scale, order) = (Vector512.Create(grid.Low), Vector512.Create(grid.Scale), Ordered16);
        var i = 0;
        for (; i <= x.Length - 32; i += 32)
        {
            var both = Avx512BW.PackUnsignedSaturate(Code(ref from, i, low, scale), Code(ref from, i + 16, low, scale));
            Avx512BW.PermuteVar32x16(both, order).StoreUnsafe(ref to, (nuint)i);
        }
        return i;
    }

    public static int Unpack16(ReadOnlySpan<ushort> codes, in AffineGrid grid, Span<float> x)
    {
        ref var from = ref MemoryMarshal.GetReference(codes);
        ref var to = ref MemoryMarshal.GetReference(x);
        var (low, step, overlay) = (Vector512.Create(grid.Low), Vector512.Create(grid.Step), Overlaid16);
        var i = 0;
        for (; i <= x.Length - 32; i += 32)
        {
            var both = Avx512BW.PermuteVar32x16(Vector512.LoadUnsafe(ref from, (nuint)i), overlay).AsInt32();
            (Vector512.ConvertToSingle(both & Vector512.Create(0xFFFF)) * step + low).StoreUnsafe(ref to, (nuint)i);
            (Vector512.ConvertToSingle(both >>> 16) * step + low).StoreUnsafe(ref to, (nuint)(i + 16));
        }
        return i;
    }

    /// <summary>The codes of the 64 numbers from <paramref name="at"/> on, narrowed within the vector's quarters (<see cref="Ordered"/>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Codes(ref float from, int at, Vector512<float> low, Vector512<float> scale)
    {
        var (a, b) = (Code(ref from, at, low, scale), Code(ref from, at + 16, low, scale));
        var (c, d) = (Code(ref from, at + 32, low, scale), Code(ref from, at + 48, low, scale));
        return Avx512BW.PackUnsignedSaturate(Avx512BW.PackUnsignedSaturate(a, b).AsInt16(), Avx512BW.PackUnsignedSaturate(c, d).AsInt16());
    }

    /// <summary>The conversion rounds to the nearest, half to even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Code(ref float from, int at, Vector512<float> low, Vector512<float> scale) =>
        Avx512F.ConvertToVector512Int32((Vector512.LoadUnsafe(ref from, (nuint)at) - low) * scale);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Dequantise(
        Vector512<byte> codes, Vector512<byte> overlay, Vector512<float> low, Vector512<float> step, Vector512<int> levels, ref float to, int at)
    {
        var over = Avx512Vbmi.PermuteVar64x8(codes, overlay).AsInt32();
        (Vector512.ConvertToSingle(over & levels) * step + low).StoreUnsafe(ref to, (nuint)at);
        (Vector512.ConvertToSingle((over >>> 8) & levels) * step + low).StoreUnsafe(ref to, (nuint)(at + 16));
        (Vector512.ConvertToSingle((over >>> 16) & levels) * step + low).StoreUnsafe(ref to, (nuint)(at + 32));
        (Vector512.ConvertToSingle((over >>> 24) & levels) * step + low).StoreUnsafe(ref to, (nuint)(at + 48));
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
        Vector512<byte> Of(Vector512<byte> codes);
    }

    private readonly struct Whole(Vector512<byte> order) : IJoin
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<byte> Of(Vector512<byte> codes) => Avx512Vbmi.PermuteVar64x8(codes, order);
    }

    private readonly struct Even(int b) : IJoin
    {
        private readonly Fours _fours = new(b);
        private readonly Vector512<byte> _gather = Gathered[b];

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<byte> Of(Vector512<byte> codes) => Avx512Vbmi.PermuteVar64x8(_fours.Of(codes), _gather);
    }

    private readonly struct Odd(int b) : IJoin
    {
        private readonly Fours _fours = new(b);
        private readonly Vector512<byte> _order = Ordered, _close = Closed[b];
        private readonly Vector512<ulong> _stays = Vector512.Create((1UL << (4 * b)) - 1), _far = Vector512.Create((ulong)(32 - 4 * b));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<byte> Of(Vector512<byte> codes)
        {
            var words = Avx512Vbmi.PermuteVar64x8(_fours.Of(codes), _order).AsUInt64();
            return Avx512Vbmi.PermuteVar64x8(Vector512.ConditionalSelect(_stays, words, Avx512F.ShiftRightLogicalVariable(words, _far)).AsByte(), _close);
        }
    }

    /// <summary>Four codes below 128 in the 4b low bits of each 32.</summary>
    private readonly struct Fours(int b)
    {
        private readonly Vector512<byte> _pairs = Vector512.Create((ushort)(1 | 1 << (8 + b))).AsByte();
        private readonly Vector512<short> _pairsOfPairs = Vector512.Create(1 | 1 << (16 + 2 * b)).AsInt16();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<byte> Of(Vector512<byte> codes) =>
            Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(_pairs, codes.AsSByte()), _pairsOfPairs).AsByte();
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RlOffload.Inference.Codec.Lanes;

/// <summary>
/// The codec's passes on 64 numbers at a time. Four vectors of codes are narrowed to bytes; one permutation puts the 64 bytes in order; three shifts move
/// the b low bits of each word's eight bytes together; one permutation closes the gaps between the words. Each pass gives back how
/// many numbers it did, from the first on.
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

    private static readonly Narrowing[] Narrowings = [.. Enumerable.Range(0, 9).Select(b => new Narrowing(b))];

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
        for (var i = 0; i < x.Length; i += Block)
        {
            // The last block may overlap the one before it.
            var at = (nuint)Math.Min(i, x.Length - Block);
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

    public static int Pack(ReadOnlySpan<float> x, in AffineGrid grid, Span<byte> packed)
    {
        ref var from = ref MemoryMarshal.GetReference(x);
        ref var to = ref MemoryMarshal.GetReference(packed);
        var (low, scale) = (Vector512.Create(grid.Low), Vector512.Create(grid.Scale));
        var (b, order, close) = (grid.Bits, Ordered, Closed[grid.Bits]);
        ref readonly var narrow = ref Narrowings[b];
        var i = 0;
        // The block is stored whole; what is empty of it is overwritten by the next one.
        for (; i <= x.Length - Block && i / 8 * b <= packed.Length - Block; i += Block)
            Avx512Vbmi.PermuteVar64x8(Squeeze(Codes(ref from, i, low, scale, order), narrow), close).StoreUnsafe(ref to, (nuint)(i / 8 * b));
        Span<byte> last = stackalloc byte[Block];
        for (; i <= x.Length - Block; i += Block)
        {
            Avx512Vbmi.PermuteVar64x8(Squeeze(Codes(ref from, i, low, scale, order), narrow), close).CopyTo(last);
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

    /// <summary>Bytes 0 to 63 are the codes of the 64 numbers from <paramref name="at"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Codes(ref float from, int at, Vector512<float> low, Vector512<float> scale, Vector512<byte> order)
    {
        var (a, b) = (Code(ref from, at, low, scale), Code(ref from, at + 16, low, scale));
        var (c, d) = (Code(ref from, at + 32, low, scale), Code(ref from, at + 48, low, scale));
        var bytes = Avx512BW.PackUnsignedSaturate(Avx512BW.PackUnsignedSaturate(a, b).AsInt16(), Avx512BW.PackUnsignedSaturate(c, d).AsInt16());
        return Avx512Vbmi.PermuteVar64x8(bytes, order).AsUInt64();
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

    /// <summary>The b low bits of each of a word's 8 bytes move together: first pairs of bytes, then of pairs, then the halves. Above 8b bits is rubbish.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Squeeze(Vector512<ulong> w, in Narrowing n)
    {
        w = Vector512.ConditionalSelect(n.Pairs, w, Avx512F.ShiftRightLogicalVariable(w, n.First));
        w = Vector512.ConditionalSelect(n.Fours, w, Avx512F.ShiftRightLogicalVariable(w, n.Second));
        return Vector512.ConditionalSelect(n.Eights, w, Avx512F.ShiftRightLogicalVariable(w, n.Third)).AsByte();
    }

    /// <summary>A word to each 8 codes, then a byte to each code; above its b low bits is rubbish.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Spread(Vector512<byte> packed, Vector512<byte> open, Vector512<byte> begins) =>
        Avx512Vbmi.MultiShift(begins, Avx512Vbmi.PermuteVar64x8(packed, open).AsUInt64());

    private static Vector512<byte> Bytes(Func<int, int> at) => Vector512.Create<byte>([.. Enumerable.Range(0, 64).Select(p => (byte)at(p))]);

    private static Vector512<ushort> Shorts(Func<int, int> at) => Vector512.Create<ushort>([.. Enumerable.Range(0, 32).Select(p => (ushort)at(p))]);

    /// <summary>Which bits stay where they are when codes of b bits move together.</summary>
    private readonly struct Narrowing(int b)
    {
        public readonly Vector512<ulong> Pairs = Vector512.Create(((1UL << b) - 1) * 0x0001000100010001UL);
        public readonly Vector512<ulong> Fours = Vector512.Create(((1UL << (2 * b)) - 1) * 0x0000000100000001UL);
        public readonly Vector512<ulong> Eights = Vector512.Create((1UL << (4 * b)) - 1);

        /// <summary>How far the others move.</summary>
        public readonly Vector512<ulong> First = Vector512.Create((ulong)(8 - b)), Second = Vector512.Create((ulong)(16 - 2 * b)), Third = Vector512.Create((ulong)(32 - 4 * b));
    }
}

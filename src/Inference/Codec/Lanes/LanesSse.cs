using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RlOffload.Inference.Codec.Lanes;

/// <summary>As <see cref="Lanes256"/>, on 16 numbers at a time; narrowing keeps the order. The range, and what 16 bits become, are <see cref="Lanes128"/>'s.</summary>
internal static class LanesSse
{
    private const int Block = 16;

    /// <summary>By b: the first b / 2 bytes of each word of 4 codes one after the other (of even b), and the first b bytes of each word of 8.</summary>
    public static readonly Vector128<byte>[] ClosedFours = [.. Enumerable.Range(0, 9).Select(b => Bytes(p => b > 1 && p < b / 2 * 4 ? p / (b / 2) * 4 + p % (b / 2) : 0))];
    public static readonly Vector128<byte>[] ClosedEights = [.. Enumerable.Range(0, 9).Select(b => Bytes(p => p < b * 2 ? p / b * 8 + p % b : 0))];

    /// <summary>By b: what moves the last bit of each of 8 codes to the top of the 16 bits that begin with its first byte.</summary>
    private static readonly Vector128<ushort>[] Tops = [.. Enumerable.Range(0, 9).Select(b => Vector128.Create<ushort>([.. Enumerable.Range(0, 8).Select(k => (ushort)(1 << (16 - b - k * b % 8)))]))];

    public static bool IsSupported => Sse41.IsSupported;

    public static int Pack(ReadOnlySpan<float> x, in AffineGrid grid, Span<byte> packed) =>
        grid.Bits == 8 ? Pack<Whole>(x, grid, packed) : grid.Bits % 2 == 0 ? Pack<Even>(x, grid, packed) : Pack<Odd>(x, grid, packed);

    private static int Pack<TJoin>(ReadOnlySpan<float> x, in AffineGrid grid, Span<byte> packed) where TJoin : struct, IJoin
    {
        ref var from = ref MemoryMarshal.GetReference(x);
        ref var to = ref MemoryMarshal.GetReference(packed);
        var bits = grid.Bits;
        var (low, scale) = (Vector128.Create(grid.Low), Vector128.Create(grid.Scale));
        var (pairs, fours) = (Vector128.Create((ushort)(1 | 1 << (8 + bits))), Vector128.Create(1 | 1 << (16 + 2 * bits)));
        var (near, close) = (Vector128.Create((1UL << 32) - (1UL << (4 * bits))), TJoin.Close(bits));
        nint i = 0, last = x.Length - Block, lastAt = packed.Length - 16;
        // The block is stored whole; what is empty of it is overwritten by the next one.
        for (nint at = 0; i <= last && at <= lastAt; i += Block, at += 2 * bits)
        {
            var (a, b) = (Code(ref from, (nuint)i, low, scale), Code(ref from, (nuint)i + 4, low, scale));
            var (c, d) = (Code(ref from, (nuint)i + 8, low, scale), Code(ref from, (nuint)i + 12, low, scale));
            var codes = Sse2.PackUnsignedSaturate(Sse2.PackSignedSaturate(a, b), Sse2.PackSignedSaturate(c, d));
            TJoin.Of(codes, pairs, fours, near, close).StoreUnsafe(ref to, (nuint)at);
        }
        return (int)i;
    }

    public static int Unpack(ReadOnlySpan<byte> packed, in AffineGrid grid, Span<float> x)
    {
        ref var from = ref MemoryMarshal.GetReference(packed);
        ref var to = ref MemoryMarshal.GetReference(x);
        var (low, step, b) = (Vector128.Create(grid.Low), Vector128.Create(grid.Step), grid.Bits);
        var begins = Vector128.Create((ushort)0, 1, 2, 3, 4, 5, 6, 7) * (ushort)b;
        // Code i of 8 takes bits i * b and on: of its byte and the next one. A product moves its last bit to the top of both; the upper half of another one is the code alone.
        var open = ((begins >>> 3) * 0x0101 + Vector128.Create((ushort)0x0100)).AsByte();
        var (top, down) = (Tops[b], Vector128.Create((ushort)(1 << b)));
        nint i = 0, last = x.Length - 8, lastAt = packed.Length - 16;
        for (nint at = 0; i <= last && at <= lastAt; i += 8, at += b)
        {
            var codes = Ssse3.Shuffle(Vector128.LoadUnsafe(ref from, (nuint)at), open).AsUInt16();
            Lanes128.Dequantise(Sse2.MultiplyHigh(codes * top, down), low, step, ref to, (nuint)i);
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
            Sse41.PackUnsignedSaturate(Code(ref from, (nuint)i, low, scale), Code(ref from, (nuint)i + 4, low, scale)).StoreUnsafe(ref to, (nuint)i);
        return (int)i;
    }

    /// <summary>The conversion rounds to the nearest, half to even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Code(ref float from, nuint at, Vector128<float> low, Vector128<float> scale) =>
        Sse2.ConvertToVector128Int32((Vector128.LoadUnsafe(ref from, at) - low) * scale);

    /// <summary>Moves the bits of 16 codes together without gaps.</summary>
    private interface IJoin
    {
        static abstract Vector128<byte> Close(int b);

        /// <param name="pairs">Moves two codes together,</param>
        /// <param name="fours">and two of those.</param>
        /// <param name="near">By how much four codes shrink that move down to the four before them.</param>
        /// <param name="close">The whole bytes.</param>
        static abstract Vector128<byte> Of(Vector128<byte> codes, Vector128<ushort> pairs, Vector128<int> fours, Vector128<ulong> near, Vector128<byte> close);
    }

    private readonly struct Whole : IJoin
    {
        public static Vector128<byte> Close(int b) => default;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Of(Vector128<byte> codes, Vector128<ushort> pairs, Vector128<int> fours, Vector128<ulong> near, Vector128<byte> close) => codes;
    }

    private readonly struct Even : IJoin
    {
        public static Vector128<byte> Close(int b) => ClosedFours[b];

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Of(Vector128<byte> codes, Vector128<ushort> pairs, Vector128<int> fours, Vector128<ulong> near, Vector128<byte> close) =>
            Ssse3.Shuffle(Fours(codes, pairs, fours).AsByte(), close);
    }

    private readonly struct Odd : IJoin
    {
        public static Vector128<byte> Close(int b) => ClosedEights[b];

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Of(Vector128<byte> codes, Vector128<ushort> pairs, Vector128<int> fours, Vector128<ulong> near, Vector128<byte> close)
        {
            // A shift by a variable takes more: low + 2^32 high - (2^32 - 2^4b) high = low + 2^4b high.
            var words = Fours(codes, pairs, fours);
            return Ssse3.Shuffle((words.AsUInt64() - Sse2.Multiply(Sse2.Shuffle(words, 0b11_11_01_01).AsUInt32(), near.AsUInt32())).AsByte(), close);
        }
    }

    /// <summary>Four codes below 128 in the 4b low bits of each 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Fours(Vector128<byte> codes, Vector128<ushort> pairs, Vector128<int> fours) =>
        Sse2.MultiplyAddAdjacent(Ssse3.MultiplyAddAdjacent(pairs.AsByte(), codes.AsSByte()), fours.AsInt16());

    private static Vector128<byte> Bytes(Func<int, int> at) => Vector128.Create<byte>([.. Enumerable.Range(0, 16).Select(p => (byte)at(p))]);
}

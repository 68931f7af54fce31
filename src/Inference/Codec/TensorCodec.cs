using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RlOffload.Inference.Codec;

/// <summary>
/// Quantises a tensor and packs the codes without gaps. Layout: the code of number i takes bits i * b .. i * b + b - 1 of the byte string, bit k of
/// the string being bit k % 8 of byte k / 8; unused bits of the last byte are 0. So 8 numbers take b bytes, 16-bit codes are little-endian,
/// and 32 bits are the little-endian float32 themselves, whatever they are, NaN and infinity included. Nothing is allocated.
/// </summary>
public static class TensorCodec
{
    /// <summary>x + 2^23 holds round(x), half to even, in its low mantissa bits, for 0 &lt;= x &lt; 2^23.</summary>
    private const float RoundToBits = 8_388_608;

    private const int Lanes = 8;

    public static bool Allows(int bits) => bits == 32 || AffineGrid.Allows(bits);

    /// <summary>ceil(elements * bits / 8).</summary>
    public static int PackedBytes(long elements, int bits) => checked((int)((elements * bits + 7) / 8));

    /// <param name="packed">Exactly <see cref="PackedBytes"/> long.</param>
    /// <param name="grid">Travels beside the codes; at 32 bits it means nothing and is 0.</param>
    /// <returns>False where the tensor has no grid (<see cref="AffineGrid.TryFit"/>); then nothing is written.</returns>
    public static bool TryEncode(ReadOnlySpan<float> x, int bits, Span<byte> packed, out AffineGrid grid)
    {
        if (!Allows(bits))
            throw new ArgumentOutOfRangeException(nameof(bits), bits, "allowed is 1 to 8, 16 or 32");
        if (packed.Length != PackedBytes(x.Length, bits))
            throw new ArgumentException($"is {packed.Length} bytes, {x.Length} numbers of {bits} bits take {PackedBytes(x.Length, bits)}", nameof(packed));
        grid = new AffineGrid(0, 0, 32);
        if (bits == 32)
        {
            MemoryMarshal.AsBytes(x).CopyTo(packed);
            return true;
        }
        if (!AffineGrid.TryFit(x, bits, out grid))
            return false;
        if (bits == 16)
            Pack16(x, grid, packed);
        else
            Pack(x, grid, packed);
        return true;
    }

    /// <param name="packed">Exactly <see cref="PackedBytes"/> long.</param>
    /// <param name="x">Receives code * step + low.</param>
    public static void Decode(ReadOnlySpan<byte> packed, in AffineGrid grid, Span<float> x)
    {
        if (packed.Length != PackedBytes(x.Length, grid.Bits))
            throw new ArgumentException($"is {packed.Length} bytes, {x.Length} numbers of {grid.Bits} bits take {PackedBytes(x.Length, grid.Bits)}", nameof(packed));
        if (grid.Bits == 32)
            packed.CopyTo(MemoryMarshal.AsBytes(x));
        else if (grid.Bits == 16)
            Unpack16(packed, grid, x);
        else
            Unpack(packed, grid, x);
    }

    private static void Pack(ReadOnlySpan<float> x, in AffineGrid grid, Span<byte> packed)
    {
        var bits = grid.Bits;
        ref var from = ref MemoryMarshal.GetReference(x);
        ref var to = ref MemoryMarshal.GetReference(packed);
        var (low, scale, top) = (Vector256.Create(grid.Low), Vector256.Create(grid.Scale), Vector256.Create((float)grid.Levels));
        var i = 0;
        var at = 0;
        // Eight codes become one word of 8b bits; the word is stored whole and its empty bytes are overwritten by the next one.
        for (; i <= x.Length - 4 * Lanes && at + 3 * bits + 8 <= packed.Length; i += 4 * Lanes, at += 4 * bits)
        {
            var a = Vector256.Narrow(
                Codes(Vector256.LoadUnsafe(ref from, (nuint)i), low, scale, top), Codes(Vector256.LoadUnsafe(ref from, (nuint)(i + Lanes)), low, scale, top));
            var b = Vector256.Narrow(
                Codes(Vector256.LoadUnsafe(ref from, (nuint)(i + 2 * Lanes)), low, scale, top), Codes(Vector256.LoadUnsafe(ref from, (nuint)(i + 3 * Lanes)), low, scale, top));
            var words = Squeeze(Vector256.Narrow(a, b).AsUInt64(), bits);
            for (var k = 0; k < 4; k++)
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, at + k * bits), words[k]);
        }
        packed[at..].Clear();
        for (var bit = at * 8; i < x.Length; i++, bit += bits)
        {
            var code = Code(x[i], grid) << (bit & 7);
            packed[bit >> 3] |= (byte)code;
            if (code > 0xFF)
                packed[(bit >> 3) + 1] |= (byte)(code >> 8);
        }
    }

    private static void Unpack(ReadOnlySpan<byte> packed, in AffineGrid grid, Span<float> x)
    {
        var bits = grid.Bits;
        ref var from = ref MemoryMarshal.GetReference(packed);
        ref var to = ref MemoryMarshal.GetReference(x);
        var (low, step) = (Vector256.Create(grid.Low), Vector256.Create(grid.Step));
        var i = 0;
        var at = 0;
        for (; i <= x.Length - 4 * Lanes && at + 3 * bits + 8 <= packed.Length; i += 4 * Lanes, at += 4 * bits)
        {
            var words = Vector256.Create(Word(ref from, at), Word(ref from, at + bits), Word(ref from, at + 2 * bits), Word(ref from, at + 3 * bits));
            var (a, b) = Vector256.Widen(Spread(words, bits).AsByte());
            Dequantise(a, low, step, ref to, i);
            Dequantise(b, low, step, ref to, i + 2 * Lanes);
        }
        for (var bit = at * 8; i < x.Length; i++, bit += bits)
        {
            int code = packed[bit >> 3];
            if ((bit & 7) + bits > 8)
                code |= packed[(bit >> 3) + 1] << 8;
            x[i] = ((code >> (bit & 7)) & grid.Levels) * grid.Step + grid.Low;
        }
    }

    private static void Pack16(ReadOnlySpan<float> x, in AffineGrid grid, Span<byte> packed)
    {
        var codes = MemoryMarshal.Cast<byte, ushort>(packed);
        ref var from = ref MemoryMarshal.GetReference(x);
        ref var to = ref MemoryMarshal.GetReference(codes);
        var (low, scale, top) = (Vector256.Create(grid.Low), Vector256.Create(grid.Scale), Vector256.Create((float)grid.Levels));
        var i = 0;
        for (; i <= x.Length - 2 * Lanes; i += 2 * Lanes)
            Vector256.Narrow(
                Codes(Vector256.LoadUnsafe(ref from, (nuint)i), low, scale, top),
                Codes(Vector256.LoadUnsafe(ref from, (nuint)(i + Lanes)), low, scale, top)).StoreUnsafe(ref to, (nuint)i);
        for (; i < x.Length; i++)
            codes[i] = (ushort)Code(x[i], grid);
    }

    private static void Unpack16(ReadOnlySpan<byte> packed, in AffineGrid grid, Span<float> x)
    {
        var codes = MemoryMarshal.Cast<byte, ushort>(packed);
        ref var from = ref MemoryMarshal.GetReference(codes);
        ref var to = ref MemoryMarshal.GetReference(x);
        var (low, step) = (Vector256.Create(grid.Low), Vector256.Create(grid.Step));
        var i = 0;
        for (; i <= x.Length - 2 * Lanes; i += 2 * Lanes)
            Dequantise(Vector256.LoadUnsafe(ref from, (nuint)i), low, step, ref to, i);
        for (; i < x.Length; i++)
            x[i] = codes[i] * grid.Step + grid.Low;
    }

    /// <summary>round((x - low) / step), half to even, within 0 .. levels, in the low bits of each lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Codes(Vector256<float> x, Vector256<float> low, Vector256<float> scale, Vector256<float> top)
    {
        var place = Vector256.MinNative(Vector256.MaxNative((x - low) * scale, Vector256<float>.Zero), top);
        return (place + Vector256.Create(RoundToBits)).AsUInt32() & Vector256.Create(0xFFFFu);
    }

    private static int Code(float x, in AffineGrid grid) =>
        BitConverter.SingleToInt32Bits(Math.Clamp((x - grid.Low) * grid.Scale, 0f, grid.Levels) + RoundToBits) & 0xFFFF;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Dequantise(Vector256<ushort> codes, Vector256<float> low, Vector256<float> step, ref float to, int at)
    {
        var (a, b) = Vector256.Widen(codes);
        (Vector256.ConvertToSingle(a.AsInt32()) * step + low).StoreUnsafe(ref to, (nuint)at);
        (Vector256.ConvertToSingle(b.AsInt32()) * step + low).StoreUnsafe(ref to, (nuint)(at + Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Word(ref byte from, int at) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref from, at));

    /// <summary>Moves the b low bits of each of a word's 8 bytes together: pairs of bytes, then of halves of a half, then the halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Squeeze(Vector256<ulong> w, int b)
    {
        w = (w & Vector256.Create(0x00FF00FF00FF00FFUL)) | Vector256.ShiftRightLogical(w & Vector256.Create(0xFF00FF00FF00FF00UL), 8 - b);
        w = (w & Vector256.Create(0x0000FFFF0000FFFFUL)) | Vector256.ShiftRightLogical(w & Vector256.Create(0xFFFF0000FFFF0000UL), 16 - 2 * b);
        return (w & Vector256.Create(0x00000000FFFFFFFFUL)) | Vector256.ShiftRightLogical(w & Vector256.Create(0xFFFFFFFF00000000UL), 32 - 4 * b);
    }

    /// <summary>The inverse of <see cref="Squeeze"/>; bits above 8b are ignored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Spread(Vector256<ulong> w, int b)
    {
        var half = Vector256.Create(b == 8 ? 0xFFFFFFFFUL : (1UL << (4 * b)) - 1);
        w = (w & half) | Vector256.ShiftLeft(Vector256.ShiftRightLogical(w, 4 * b) & half, 32);
        var quarter = Vector256.Create(((1UL << (2 * b)) - 1) * 0x0000000100000001UL);
        w = (w & quarter) | Vector256.ShiftLeft(w & Vector256.ShiftLeft(quarter, 2 * b), 16 - 2 * b);
        var eighth = Vector256.Create(((1UL << b) - 1) * 0x0001000100010001UL);
        return (w & eighth) | Vector256.ShiftLeft(w & Vector256.ShiftLeft(eighth, b), 8 - b);
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RlOffload.Inference.Codec.Lanes;

namespace RlOffload.Inference.Codec;

/// <summary>
/// Quantises a tensor and packs the codes without gaps. Layout: the code of number i takes bits i * b .. i * b + b - 1 of the byte string, bit k of
/// the string being bit k % 8 of byte k / 8; unused bits of the last byte are 0. So 8 numbers take b bytes, 16-bit codes are little-endian,
/// and 32 bits are the little-endian float32 themselves, whatever they are, NaN and infinity included; with fewer bits such a tensor is refused.
/// Bytes and numbers are the same on every machine (<see cref="SimdLevel"/>). Nothing is allocated.
/// </summary>
public static class TensorCodec
{
    public static bool Allows(int bits) => bits == 32 || AffineGrid.Allows(bits);

    /// <summary>ceil(elements * bits / 8).</summary>
    public static int PackedBytes(long elements, int bits) => checked((int)((elements * bits + 7) / 8));

    /// <param name="packed">Exactly <see cref="PackedBytes"/> long.</param>
    /// <param name="grid">Travels beside the codes; at 32 bits it means nothing and is 0.</param>
    /// <returns>False where the tensor has no grid (<see cref="AffineGrid.TryFit"/>); then nothing is written.</returns>
    public static bool TryEncode(ReadOnlySpan<float> x, int bits, Span<byte> packed, out AffineGrid grid) => TryEncode(x, bits, packed, out grid, Simd.Level);

    internal static bool TryEncode(ReadOnlySpan<float> x, int bits, Span<byte> packed, out AffineGrid grid, SimdLevel level)
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
        if (!AffineGrid.TryFit(x, bits, out grid, level))
            return false;
        if (bits == 16)
            Pack(Kernels.Of(level).Pack16, x, grid, MemoryMarshal.Cast<byte, ushort>(packed));
        else
            Pack(Kernels.Of(level).Pack, x, grid, packed);
        return true;
    }

    /// <param name="packed">Exactly <see cref="PackedBytes"/> long.</param>
    /// <param name="x">Receives code * step + low.</param>
    public static void Decode(ReadOnlySpan<byte> packed, in AffineGrid grid, Span<float> x) => Decode(packed, grid, x, Simd.Level);

    internal static void Decode(ReadOnlySpan<byte> packed, in AffineGrid grid, Span<float> x, SimdLevel level)
    {
        if (packed.Length != PackedBytes(x.Length, grid.Bits))
            throw new ArgumentException($"is {packed.Length} bytes, {x.Length} numbers of {grid.Bits} bits take {PackedBytes(x.Length, grid.Bits)}", nameof(packed));
        if (grid.Bits == 32)
            packed.CopyTo(MemoryMarshal.AsBytes(x));
        else if (grid.Bits == 16)
            Unpack(Kernels.Of(level).Unpack16, MemoryMarshal.Cast<byte, ushort>(packed), grid, x);
        else
            Unpack(Kernels.Of(level).Unpack, packed, grid, x);
    }

    private static void Pack<TCode>(PackKernel<TCode> kernel, ReadOnlySpan<float> x, in AffineGrid grid, Span<TCode> codes) where TCode : unmanaged
    {
        var done = kernel(x, grid, codes);
        if (done < x.Length)
            Remainder.Pack(kernel, x[done..], grid, codes[Codes<TCode>(done, grid.Bits)..]);
    }

    private static void Unpack<TCode>(UnpackKernel<TCode> kernel, ReadOnlySpan<TCode> codes, in AffineGrid grid, Span<float> x) where TCode : unmanaged
    {
        var done = kernel(codes, grid, x);
        if (done < x.Length)
            Remainder.Unpack(kernel, codes[Codes<TCode>(done, grid.Bits)..], grid, x[done..]);
    }

    /// <summary>What so many numbers, of whole bytes, take.</summary>
    private static int Codes<TCode>(int numbers, int bits) where TCode : unmanaged => numbers / 8 * bits / Unsafe.SizeOf<TCode>();
}

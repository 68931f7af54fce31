using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace RlOffload.Inference.Wire;

/// <summary>
/// CRC-32C (Castagnoli's polynomial, RFC 3720) of a whole message, kept in bytes 28 to 31 of its header: a tensor that was changed on its way would
/// otherwise give an answer that is wrong without saying so. The processor's instruction for it waits three cycles for itself, so a long message is taken as three
/// streams side by side that are joined by tables (V. Gopal et al., Fast CRC Computation for iSCSI Polynomial Using CRC32 Instruction, Intel 2011).
/// </summary>
public static class Checksum
{
    private const int At = 28;

    /// <summary>Puts the checksum into a message that is complete but for it.</summary>
    public static void Seal(Span<byte> message) => BinaryPrimitives.WriteUInt32LittleEndian(message[At..], Of(message));

    public static bool Holds(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt32LittleEndian(message[At..]) == Of(message);

    /// <summary>Of bytes that hold no checksum themselves.</summary>
    public static uint OfAll(ReadOnlySpan<byte> bytes) => ~Go(uint.MaxValue, bytes);

    /// <summary>Over all bytes but its own four.</summary>
    private static uint Of(ReadOnlySpan<byte> message) => ~Go(Go(uint.MaxValue, message[..At]), message[(At + 4)..]);

    /// <summary>Bytes of each of the three streams before they are joined.</summary>
    private const int Stream = 1024;

    /// <summary>What a checksum becomes when <see cref="Stream"/> zeros follow, by each of its bytes.</summary>
    private static readonly uint[] Followed = Table();

    private static uint Go(uint crc, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= 3 * Stream; bytes = bytes[(3 * Stream)..])
            crc = Three(crc, bytes[..Stream], bytes[Stream..(2 * Stream)], bytes[(2 * Stream)..(3 * Stream)]);
        for (; bytes.Length >= 8; bytes = bytes[8..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var b in bytes)
            crc = BitOperations.Crc32C(crc, b);
        return crc;
    }

    private static uint Three(uint crc, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(first);
        var others = MemoryMarshal.Cast<byte, ulong>(second)[..words.Length];
        var last = MemoryMarshal.Cast<byte, ulong>(third)[..words.Length];
        var (a, b, c) = (crc, 0u, 0u);
        for (var i = 0; i < words.Length; i++)
        {
            a = BitOperations.Crc32C(a, Little(words[i]));
            b = BitOperations.Crc32C(b, Little(others[i]));
            c = BitOperations.Crc32C(c, Little(last[i]));
        }
        return AfterZeros(AfterZeros(a) ^ b) ^ c;
    }

    private static ulong Little(ulong word) => BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);

    private static uint AfterZeros(uint crc) =>
        Followed[crc & 255] ^ Followed[256 + (crc >> 8 & 255)] ^ Followed[512 + (crc >> 16 & 255)] ^ Followed[768 + (crc >> 24)];

    /// <summary>A checksum is linear: that of a byte is the sum of those of its bits.</summary>
    private static uint[] Table()
    {
        var table = new uint[4 * 256];
        for (var bit = 0; bit < 32; bit++)
        {
            var crc = 1u << bit;
            for (var i = 0; i < Stream; i += 8)
                crc = BitOperations.Crc32C(crc, 0ul);
            var (from, power) = (bit / 8 * 256, 1 << bit % 8);
            for (var b = power; b < 2 * power; b++)
                table[from + b] = table[from + b - power] ^ crc;
        }
        return table;
    }
}

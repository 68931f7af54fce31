using System.Buffers.Binary;
using System.Numerics;

namespace RlOffload.Inference.Wire;

/// <summary>
/// CRC-32C (Castagnoli's polynomial, RFC 3720) of a whole message, kept in bytes 28 to 31 of its header: a tensor that was changed on its way would
/// otherwise give an answer that is wrong without saying so.
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

    private static uint Go(uint crc, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= 8; bytes = bytes[8..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var b in bytes)
            crc = BitOperations.Crc32C(crc, b);
        return crc;
    }
}

using System.Buffers.Binary;
using System.Text;

namespace RlOffload.Inference.Images;

/// <summary>What all PNG files are made of (ISO/IEC 15948, 5): a signature and chunks of length, type, data and CRC-32.</summary>
public static class PngChunks
{
    /// <summary>Bytes of a chunk beside its data.</summary>
    public const int Frame = 12;

    private static readonly uint[] CrcTable = [.. Enumerable.Range(0, 256).Select(CrcOfByte)];

    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'];

    public static void Write(Stream file, string type, ReadOnlySpan<byte> data)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(body));
        file.Write(number);
    }

    /// <summary>CRC-32 of PNG's annex D over type and data: polynomial 0xEDB88320, reflected.</summary>
    public static uint Crc(ReadOnlySpan<byte> body)
    {
        var crc = uint.MaxValue;
        foreach (var value in body)
            crc = CrcTable[(crc ^ value) & 0xFF] ^ (crc >> 8);
        return ~crc;
    }

    private static uint CrcOfByte(int value)
    {
        var crc = (uint)value;
        for (var bit = 0; bit < 8; bit++)
            crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
        return crc;
    }
}

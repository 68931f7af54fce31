using System.Buffers.Binary;
using System.Numerics;

namespace RlOffload.Training.TensorBoard;

/// <summary>
/// The framing of TensorFlow's record files: length as 8 bytes, its checksum as 4, the data, their checksum as 4; all little-endian
/// (https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details).
/// </summary>
public static class TfRecord
{
    private const int HeadBytes = 12, TailBytes = 4;

    /// <summary>CRC-32C (Castagnoli; RFC 3720, appendix B.4).</summary>
    public static uint Crc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        for (; data.Length >= 8; data = data[8..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
        foreach (var b in data)
            crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }

    /// <summary>Rotated and shifted, so that a checksum over data that hold checksums is none of its own.</summary>
    public static uint Masked(uint crc) => BitOperations.RotateRight(crc, 15) + 0xa282ead8;

    public static byte[] Frame(ReadOnlySpan<byte> data)
    {
        var record = new byte[HeadBytes + data.Length + TailBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(record, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), Masked(Crc(record.AsSpan(0, 8))));
        data.CopyTo(record.AsSpan(HeadBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(HeadBytes + data.Length), Masked(Crc(data)));
        return record;
    }

    /// <summary>The data of the first record; false where it is not whole.</summary>
    /// <param name="length">Bytes of the record with its frame.</param>
    public static bool TryRead(ReadOnlySpan<byte> records, out ReadOnlySpan<byte> data, out int length)
    {
        data = default;
        length = 0;
        if (records.Length < HeadBytes || BinaryPrimitives.ReadUInt32LittleEndian(records[8..]) != Masked(Crc(records[..8])))
            return false;
        var bytes = BinaryPrimitives.ReadUInt64LittleEndian(records);
        if (bytes > (ulong)(records.Length - HeadBytes - TailBytes) || records.Length < HeadBytes + TailBytes)
            return false;
        data = records.Slice(HeadBytes, (int)bytes);
        length = HeadBytes + data.Length + TailBytes;
        return BinaryPrimitives.ReadUInt32LittleEndian(records[(HeadBytes + data.Length)..]) == Masked(Crc(data));
    }
}

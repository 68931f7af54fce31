using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using RlOffload.Environment;

namespace RlOffload.Inference.Images;

/// <summary>A PNG picture (ISO/IEC 15948: 8-bit RGB, one zlib stream, no filters) of the first frames of a set, side by side.</summary>
public static class ContactSheet
{
    private const int Columns = 8;
    private const int MostFrames = 64;
    private const int Side = FrameGenerator.Side;

    private static readonly uint[] CrcTable = Enumerable.Range(0, 256).Select(CrcOfByte).ToArray();

    /// <exception cref="InputException">The file cannot be written.</exception>
    public static void Write(FrameSet set, string path)
    {
        var count = Math.Min(set.Count, MostFrames);
        var width = Math.Min(count, Columns) * Side;
        var height = (count + Columns - 1) / Columns * Side;
        var rows = Rows(set, count, width, height);
        var partial = path + ".partial";
        try
        {
            using (var file = File.Create(partial))
            {
                file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n']);
                var header = new byte[13];
                BinaryPrimitives.WriteInt32BigEndian(header, width);
                BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
                header[8] = 8; // bits a sample
                header[9] = 2; // RGB
                WriteChunk(file, "IHDR", header);
                WriteChunk(file, "IDAT", Compress(rows));
                WriteChunk(file, "IEND", []);
            }
            File.Move(partial, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(path, "file", $"cannot be written ({e.Message.TrimEnd('.')})");
        }
    }

    /// <summary>Pixel rows, each after its filter byte 0.</summary>
    private static byte[] Rows(FrameSet set, int count, int width, int height)
    {
        var stride = 1 + width * FrameGenerator.Channels;
        var rows = new byte[height * stride];
        var frame = new byte[FrameGenerator.FrameBytes];
        for (var i = 0; i < count; i++)
        {
            set.Frame(i, frame);
            var corner = i / Columns * Side * stride + 1 + i % Columns * Side * FrameGenerator.Channels;
            for (var at = 0; at < frame.Length; at++)
            {
                var (channel, pixel) = Math.DivRem(at, Side * Side);
                rows[corner + pixel / Side * stride + pixel % Side * FrameGenerator.Channels + channel] = frame[at];
            }
        }
        return rows;
    }

    private static byte[] Compress(byte[] rows)
    {
        using var buffer = new MemoryStream();
        using (var deflate = new ZLibStream(buffer, CompressionLevel.Optimal))
            deflate.Write(rows);
        return buffer.ToArray();
    }

    private static void WriteChunk(Stream file, string type, byte[] data)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(body));
        file.Write(number);
    }

    /// <summary>CRC-32 of PNG's annex D: polynomial 0xEDB88320, reflected.</summary>
    private static uint Crc(byte[] bytes) =>
        ~bytes.Aggregate(uint.MaxValue, (crc, value) => CrcTable[(crc ^ value) & 0xFF] ^ (crc >> 8));

    private static uint CrcOfByte(int value)
    {
        var crc = (uint)value;
        for (var bit = 0; bit < 8; bit++)
            crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
        return crc;
    }
}

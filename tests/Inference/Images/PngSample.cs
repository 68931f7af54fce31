using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace RlOffload.Tests.Inference.Images;

/// <summary>Makes PNG files from packed rows, each with a filter of its own, as encoders in the field do.</summary>
internal static class PngSample
{
    /// <param name="rows">Plain bytes of each row.</param>
    /// <param name="filter">Of row y.</param>
    /// <param name="step">Bytes from a pixel to the next, at least 1.</param>
    public static byte[] Make(int width, int height, int depth, int colour, byte[][] rows, Func<int, int> filter, int step, byte[]? palette = null, int interlace = 0, byte[]? extra = null)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = ((byte)depth, (byte)colour, (byte)interlace);
        using var packed = new MemoryStream();
        using (var deflate = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (var y = 0; y < rows.Length; y++)
            {
                deflate.WriteByte((byte)filter(y));
                deflate.Write(Filtered(rows[y], y > 0 ? rows[y - 1] : new byte[rows[y].Length], filter(y), step));
            }
        }
        var data = packed.ToArray();
        var middle = data.Length / 2;
        return
        [
            0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n', .. Chunk("IHDR", header), .. Chunk("gAMA", [0, 0, 0xB1, 0x8F]), .. extra ?? [], .. palette is null ? [] : Chunk("PLTE", palette),
            .. Chunk("IDAT", data[..middle]), .. Chunk("IDAT", data[middle..]), .. Chunk("IEND", []),
        ];
    }

    public static byte[] Chunk(string type, byte[] data)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        var (length, crc) = (new byte[4], new byte[4]);
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(crc, Crc(body));
        return [.. length, .. body, .. crc];
    }

    private static byte[] Filtered(byte[] row, byte[] above, int filter, int step)
    {
        var filtered = new byte[row.Length];
        for (var i = 0; i < row.Length; i++)
        {
            int left = i < step ? 0 : row[i - step], up = above[i], corner = i < step ? 0 : above[i - step];
            var foretold = filter switch { 1 => left, 2 => up, 3 => (left + up) / 2, 4 => Nearest(left + up - corner, left, up, corner), _ => 0 };
            filtered[i] = (byte)(row[i] - foretold);
        }
        return filtered;
    }

    /// <summary>The first of the three that is nearest.</summary>
    private static int Nearest(int p, params ReadOnlySpan<int> of)
    {
        var best = of[0];
        foreach (var value in of)
            best = Math.Abs(p - value) < Math.Abs(p - best) ? value : best;
        return best;
    }

    private static uint Crc(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320 : 0);
        }
        return ~crc;
    }
}

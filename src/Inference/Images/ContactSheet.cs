using System.Buffers.Binary;
using System.IO.Compression;
using RlOffload.Environment;

namespace RlOffload.Inference.Images;

/// <summary>A PNG picture (ISO/IEC 15948: 8-bit RGB, one zlib stream, no filters) of the first frames of a set, side by side.</summary>
public static class ContactSheet
{
    private const int Columns = 8;
    private const int MostFrames = 64;
    private const int Side = FrameGenerator.Side;

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
                file.Write(PngChunks.Signature);
                var header = new byte[13];
                BinaryPrimitives.WriteInt32BigEndian(header, width);
                BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
                header[8] = 8; // bits a sample
                header[9] = 2; // RGB
                PngChunks.Write(file, "IHDR", header);
                PngChunks.Write(file, "IDAT", Compress(rows));
                PngChunks.Write(file, "IEND", []);
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
}

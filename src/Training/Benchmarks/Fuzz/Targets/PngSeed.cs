using System.Buffers.Binary;
using System.IO.Compression;
using RlOffload.Inference.Images;

namespace RlOffload.Training.Benchmarks.Fuzz.Targets;

/// <summary>A small PNG picture whose rows are stored and not squeezed, so that a change in them stays one, and the checksums that changed ones need.</summary>
internal static class PngSeed
{
    public const int Side = 4;

    /// <param name="colour">3: a palette, one byte a pixel; else RGB.</param>
    public static byte[] Make(byte colour)
    {
        using var file = new MemoryStream();
        file.Write(PngChunks.Signature);
        PngChunks.Write(file, "IHDR", [0, 0, 0, Side, 0, 0, 0, Side, 8, colour, 0, 0, 0]);
        if (colour == 3)
            PngChunks.Write(file, "PLTE", [.. Enumerable.Range(0, 3 * 16).Select(i => (byte)(5 * i))]);
        using var rows = new MemoryStream();
        using (var stored = new ZLibStream(rows, CompressionLevel.NoCompression, leaveOpen: true))
        {
            for (var y = 0; y < Side; y++)
                stored.Write([(byte)(1 + y % 4), .. Enumerable.Range(0, (colour == 3 ? 1 : 3) * Side).Select(i => (byte)(i % 3))]);
        }
        PngChunks.Write(file, "IDAT", rows.ToArray());
        PngChunks.Write(file, "IEND", []);
        return file.ToArray();
    }

    /// <summary>Writes the checksum that each chunk should have, as far as their lengths lead.</summary>
    public static void Mend(Span<byte> file)
    {
        for (var at = PngChunks.Signature.Length; file.Length - at >= PngChunks.Frame;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            if (length > file.Length - at - PngChunks.Frame)
                return;
            BinaryPrimitives.WriteUInt32BigEndian(file[(at + 8 + (int)length)..], PngChunks.Crc(file.Slice(at + 4, 4 + (int)length)));
            at += PngChunks.Frame + (int)length;
        }
    }
}

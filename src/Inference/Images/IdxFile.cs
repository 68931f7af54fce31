using System.Buffers.Binary;
using System.IO.Compression;
using RlOffload.Environment;

namespace RlOffload.Inference.Images;

/// <summary>
/// Unsigned bytes in the IDX format of the MNIST files (LeCun, Cortes, Burges): two zero bytes, type 0x08, the number of
/// dimensions, each dimension as a big-endian 32-bit number, then the values with the last dimension fastest.
/// Held in memory; a name that ends in .gz is gzip-compressed.
/// </summary>
public sealed class IdxFile
{
    private const byte UnsignedByte = 0x08;
    private const int MostDimensions = 4;

    private readonly byte[] _values;

    private IdxFile(int[] shape, byte[] values)
    {
        Shape = shape;
        RecordBytes = shape.Skip(1).Aggregate(1, (product, size) => product * size);
        _values = values;
    }

    /// <summary>Records first, then the shape of one record; a label file has one dimension.</summary>
    public IReadOnlyList<int> Shape { get; }

    public int Count => Shape[0];

    public int RecordBytes { get; }

    public ReadOnlySpan<byte> Record(int index) => _values.AsSpan(index * RecordBytes, RecordBytes);

    /// <exception cref="InputException">The file is missing, no IDX file of bytes, cut short, or longer than its header says.</exception>
    public static IdxFile Read(string path)
    {
        try
        {
            using var stream = OpenRead(path);
            var shape = ReadShape(stream, path);
            // Saturates, since four dimensions of 31 bits overflow any integer.
            var bytes = shape.Aggregate(1L, (product, size) => Math.Min(product, Array.MaxLength + 1L) * size);
            if (bytes > Array.MaxLength)
                throw new InputException(path, "dimensions", $"{string.Join('x', shape)} are more than the {Array.MaxLength} bytes allowed");
            return new IdxFile(shape, ReadValues(stream, path, (int)bytes));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new InputException(path, "file", $"cannot be read ({e.Message.TrimEnd('.')}); an IDX file, plain or .gz, is needed");
        }
    }

    /// <summary>What comes before the values in a file of this shape.</summary>
    internal static byte[] Header(params ReadOnlySpan<int> shape)
    {
        var header = new byte[4 + 4 * shape.Length];
        header[2] = UnsignedByte;
        header[3] = checked((byte)shape.Length);
        for (var i = 0; i < shape.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 + 4 * i), shape[i]);
        return header;
    }

    private static Stream OpenRead(string path)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        return path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(stream, CompressionMode.Decompress) : stream;
    }

    private static int[] ReadShape(Stream stream, string path)
    {
        Span<byte> magic = stackalloc byte[4];
        if (stream.ReadAtLeast(magic, 4, throwOnEndOfStream: false) < 4)
            throw new InputException(path, "magic", "the file ends before its 4-byte IDX magic number");
        if (magic[0] != 0 || magic[1] != 0 || magic[2] != UnsignedByte || magic[3] is 0 or > MostDimensions)
            throw new InputException(path, "magic",
                $"is 0x{Convert.ToHexString(magic)}, allowed is 0x00000801 to 0x0000080{MostDimensions} (IDX of unsigned bytes, 1 to {MostDimensions} dimensions)");
        Span<byte> sizes = stackalloc byte[4 * magic[3]];
        if (stream.ReadAtLeast(sizes, sizes.Length, throwOnEndOfStream: false) < sizes.Length)
            throw new InputException(path, "dimensions", $"the file ends before its {magic[3]} dimensions");
        var shape = new int[magic[3]];
        for (var i = 0; i < shape.Length; i++)
        {
            shape[i] = BinaryPrimitives.ReadInt32BigEndian(sizes[(4 * i)..]);
            if (shape[i] <= 0)
                throw new InputException(path, "dimensions", $"number {i + 1} is {shape[i]}, allowed is 1 or more");
        }
        return shape;
    }

    private static byte[] ReadValues(Stream stream, string path, int bytes)
    {
        // Grown as the file is read: a header that promises 2 GB must not take 2 GB from a file of 10 bytes.
        using var values = new MemoryStream();
        var chunk = new byte[1 << 16];
        while (values.Length < bytes)
        {
            var read = stream.Read(chunk, 0, (int)Math.Min(chunk.Length, bytes - values.Length));
            if (read == 0)
                throw new InputException(path, "values", $"the file ends after {values.Length} of the {bytes} bytes its dimensions promise");
            values.Write(chunk, 0, read);
        }
        if (stream.ReadByte() >= 0)
            throw new InputException(path, "values", $"the file goes on after the {bytes} bytes its dimensions promise");
        return values.ToArray();
    }
}

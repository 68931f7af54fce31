using System.IO.Compression;

namespace RlOffload.Inference.Images;

/// <summary>
/// Writes an <see cref="IdxFile"/> record by record (gzip where the name ends in .gz) into NAME.partial beside it;
/// <see cref="Commit"/> moves it into place, and a writer that is disposed before that leaves nothing behind.
/// </summary>
public sealed class IdxWriter : IDisposable
{
    private readonly string _path;
    private readonly string _partial;
    private readonly Stream _stream;
    private readonly long _bytes;
    private long _written;
    private bool _committed;

    /// <param name="shape">Number of records first.</param>
    public IdxWriter(string path, params ReadOnlySpan<int> shape)
    {
        _path = path;
        _partial = path + ".partial";
        _bytes = 1;
        foreach (var size in shape)
            _bytes *= size;
        Stream file = new FileStream(_partial, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        _stream = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionLevel.SmallestSize) : file;
        _stream.Write(IdxFile.Header(shape));
    }

    /// <summary>Appends one or more whole records.</summary>
    public void Write(ReadOnlySpan<byte> records)
    {
        _stream.Write(records);
        _written += records.Length;
    }

    /// <exception cref="InvalidOperationException">Not as many bytes were written as the shape has.</exception>
    public void Commit()
    {
        if (_written != _bytes)
            throw new InvalidOperationException($"{_path}: {_written} bytes were written, its dimensions promise {_bytes}");
        _stream.Dispose();
        File.Move(_partial, _path, overwrite: true);
        _committed = true;
    }

    public void Dispose()
    {
        _stream.Dispose();
        if (!_committed)
            File.Delete(_partial);
    }
}

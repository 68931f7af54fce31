using System.Security.Cryptography;
using System.Text;
using RlOffload.Environment;

namespace RlOffload.Training;

/// <summary>
/// A file with a checksum that is replaced as a whole, with the one before it kept: written beside its place, flushed to the disk and moved
/// there, so that whatever stops the machine leaves at least one that is whole. What is torn or damaged all the same is told by its checksum.
/// </summary>
/// <param name="path">Of the newest.</param>
public sealed class CheckpointFile(string path)
{
    private const int HashBytes = 32;

    private static ReadOnlySpan<byte> Magic => "RLOFCKP2"u8;

    public string Newest => path;

    /// <summary>The one that was the newest before.</summary>
    public string Previous { get; } = Path.ChangeExtension(path, ".previous" + Path.GetExtension(path));

    public bool Exists => File.Exists(Newest) || File.Exists(Previous);

    public void Delete()
    {
        File.Delete(Newest);
        File.Delete(Previous);
    }

    public void Write(Action<BinaryWriter> content)
    {
        var partial = Newest + ".partial";
        using (var file = File.Create(partial))
        {
            file.Position = Magic.Length + HashBytes;
            using var hash = SHA256.Create();
            using (var stream = new CryptoStream(file, hash, CryptoStreamMode.Write, leaveOpen: true))
            using (var buffer = new BufferedStream(stream, 1 << 16))
            using (var writer = new BinaryWriter(buffer, Encoding.UTF8))
                content(writer);
            file.Position = 0;
            file.Write(Magic);
            file.Write(hash.Hash!);
            file.Flush(flushToDisk: true);
        }
        if (File.Exists(Newest))
            File.Move(Newest, Previous, overwrite: true);
        File.Move(partial, Newest, overwrite: true);
    }

    /// <summary>Reads the newest, or nothing.</summary>
    /// <exception cref="InputException">It is not there, torn or damaged.</exception>
    public T Read<T>(Func<BinaryReader, string, T> content)
    {
        using var file = Open(Newest, out var problem);
        return file is null ? throw new InputException(Newest, "file", problem + Advice()) : Read(file, Newest, content);

        string Advice() => File.Exists(Previous)
            ? $"; {Path.GetFileName(Previous)} beside it is what 'rloffload train --resume' goes on from" : "; allowed is the folder of a training run";
    }

    /// <summary>Reads the newest that is whole, which takes the place of one that is not: the next to be written must not push out the only good one.</summary>
    /// <param name="warn">Told of one that is skipped, by name.</param>
    /// <exception cref="InputException">None is whole.</exception>
    public T ReadWhole<T>(Func<BinaryReader, string, T> content, Action<string> warn)
    {
        var problems = new List<string>();
        foreach (var name in new[] { Newest, Previous })
        {
            using var file = Open(name, out var problem);
            if (file is null)
            {
                problems.Add($"{name}:file: {problem}");
                continue;
            }
            var read = Read(file, name, content);
            foreach (var skipped in problems)
                warn($"{skipped}; going on from {Path.GetFileName(name)}, written before it");
            if (name == Previous)
                File.Move(Previous, Newest, overwrite: true);
            return read;
        }
        throw new InputException(problems);
    }

    private static T Read<T>(FileStream file, string name, Func<BinaryReader, string, T> content)
    {
        file.Position = Magic.Length + HashBytes;
        using var reader = new BinaryReader(file, Encoding.UTF8, leaveOpen: true);
        return content(reader, name);
    }

    /// <returns>Null where the file is not whole.</returns>
    private static FileStream? Open(string name, out string problem)
    {
        try
        {
            var file = File.OpenRead(name);
            problem = Damage(file);
            if (problem.Length == 0)
                return file;
            file.Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = $"cannot be read ({e.Message.TrimEnd('.')})";
        }
        return null;
    }

    private static string Damage(FileStream file)
    {
        Span<byte> header = stackalloc byte[Magic.Length + HashBytes];
        if (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length)
            return $"ends after {file.Length} bytes; allowed is a whole checkpoint, as training writes it";
        if (!header[..Magic.Length].SequenceEqual(Magic))
            return "is no checkpoint of this version; allowed is one that this program's 'rloffload train' wrote";
        return SHA256.HashData(file).AsSpan().SequenceEqual(header[Magic.Length..]) ? ""
            : $"is torn or damaged: its {file.Length} bytes do not add up to its checksum";
    }
}

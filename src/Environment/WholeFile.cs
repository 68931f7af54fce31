namespace RlOffload.Environment;

/// <summary>Files that are there whole or not at all.</summary>
public static class WholeFile
{
    /// <summary>Writes beside the target, to the disk, and moves into place: an interrupted write leaves the old file whole.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        using (var stream = File.Create(path + ".partial"))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }
        File.Move(path + ".partial", path, overwrite: true);
    }
}

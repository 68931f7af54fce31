namespace RlOffload.Training.Benchmarks.Fuzz.Targets;

/// <summary>The file that a reader finds an input in, one after the other.</summary>
internal static class InputFile
{
    /// <summary>Over what stands there: a file that is emptied first is written to the disk at once by some file systems, which would take most of a run's time.</summary>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        using var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write);
        RandomAccess.Write(file, bytes, 0);
        RandomAccess.SetLength(file, bytes.Length);
    }
}

using System.Globalization;

namespace RlOffload.Inference.Runs;

/// <summary>Memory of a process that no file backs: what it holds for itself. The rest of its resident memory are pages of programs and libraries, which the system can take back and others share.</summary>
public static class OwnMemory
{
    private const string Key = "RssAnon:";

    /// <returns>Bytes (proc(5)); null where the system does not say, as on others than Linux.</returns>
    public static long? Of(int process)
    {
        var path = $"/proc/{process.ToString(CultureInfo.InvariantCulture)}/status";
        return File.Exists(path) && File.ReadLines(path).FirstOrDefault(l => l.StartsWith(Key, StringComparison.Ordinal)) is { } line
            && long.TryParse(line.AsSpan(Key.Length).TrimEnd("kB").Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var kilobytes) ? 1024 * kilobytes : null;
    }
}

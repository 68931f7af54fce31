using System.Globalization;
using System.Runtime.InteropServices;

namespace RlOffload.Inference.Runs;

/// <summary>Memory of a process that no file backs: what it holds for itself. The rest of its resident memory are pages of programs and libraries, which the system can take back and others share.</summary>
public static partial class OwnMemory
{
    private const string Key = "RssAnon:";

    /// <returns>Bytes (proc(5)); null where the system does not say, as on others than Linux.</returns>
    public static long? Of(int process)
    {
        var path = $"/proc/{process.ToString(CultureInfo.InvariantCulture)}/status";
        return File.Exists(path) && File.ReadLines(path).FirstOrDefault(l => l.StartsWith(Key, StringComparison.Ordinal)) is { } line
            && long.TryParse(line.AsSpan(Key.Length).TrimEnd("kB").Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var kilobytes) ? 1024 * kilobytes : null;
    }

    /// <summary>
    /// What was freed goes back to the system (malloc_trim(3)): glibc keeps it for its own next allocations, in as many arenas as threads have opened networks. Nothing where there is no such call.
    /// </summary>
    internal static void Trim()
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            Trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library than glibc, which may well give back by itself.
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nint keep);
}

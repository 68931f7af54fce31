using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RlOffload.Inference.Runs;

/// <summary>
/// Pages of program and libraries that are in memory because they were needed once. Most of them opened networks, read files and linked the libraries, and are never needed again; the system
/// takes such pages back when memory is short, and a device should not have to be short of it. Those that are used come back from the system's file cache, 16 at a time, in about a microsecond.
/// </summary>
internal static unsafe partial class FilePages
{
    // elf(5).
    private const int HeaderBytes = 64, Class64 = 2, ProgramHeaders = 32, EntryBytes = 54, Entries = 56, Loaded = 1, Writable = 2;

    /// <summary>MADV_DONTNEED of madvise(2): of a file's pages that were never written, only that this process has them in memory ends.</summary>
    private const int DontNeed = 4;

    /// <summary>
    /// Of the program and all its libraries where it was compiled ahead of time. A just-in-time compiler's own libraries are left alone, since it may write into its code; ONNX Runtime's is
    /// then the only one.
    /// </summary>
    public static void LetGo() => LetGo(path => !RuntimeFeature.IsDynamicCodeSupported || Path.GetFileName(path).StartsWith("libonnxruntime", StringComparison.Ordinal));

    /// <param name="which">By the path of a program or library.</param>
    internal static void LetGo(Func<string, bool> which)
    {
        foreach (var (start, bytes) in Of(which))
            Advise(start, bytes, DontNeed);
    }

    /// <summary>
    /// What is mapped and never written: by the programs' own headers, not by how it is mapped at this moment, since a library that is being loaded by another thread is not yet mapped as it
    /// will be. Empty where there is no such list of mappings, as on others than Linux.
    /// </summary>
    internal static List<(nint Start, nuint Bytes)> Of(Func<string, bool> which)
    {
        const string mappings = "/proc/self/maps";
        var pages = new List<(nint, nuint)>();
        if (!OperatingSystem.IsLinux() || !File.Exists(mappings))
            return pages;
        foreach (var line in File.ReadLines(mappings))
        {
            // 7f00a000-7f00b000 r--p 00000000 08:01 1234    /usr/lib/libc.so.6; proc(5)
            var parts = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
            if (parts is [var span, ['r', ..], var offset, _, _, ['/', ..] path] && offset.All(c => c == '0') && span.Split('-') is [var from, var to] && which(path))
                AddTo(pages, nint.Parse(from, NumberStyles.HexNumber, CultureInfo.InvariantCulture), nint.Parse(to, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        }
        return pages;
    }

    /// <summary>From the ELF header and the program headers behind it, as far as they lie in the file's first mapping.</summary>
    private static void AddTo(List<(nint, nuint)> pages, nint from, nint to)
    {
        var file = new ReadOnlySpan<byte>((void*)from, (int)Math.Min(to - from, int.MaxValue));
        if (file.Length < HeaderBytes || !file.StartsWith("\u007fELF"u8) || file[4] != Class64 || !BitConverter.IsLittleEndian)
            return;
        var (at, size, count) = (BinaryPrimitives.ReadInt64LittleEndian(file[ProgramHeaders..]), BinaryPrimitives.ReadUInt16LittleEndian(file[EntryBytes..]), BinaryPrimitives.ReadUInt16LittleEndian(file[Entries..]));
        if (at < HeaderBytes || size < 56 || at + size * count > file.Length)
            return;
        nint least = -1, page = System.Environment.SystemPageSize;
        for (var i = 0; i < count; i++)
        {
            var entry = file.Slice((int)at + i * size, size);
            if (BinaryPrimitives.ReadInt32LittleEndian(entry) != Loaded)
                continue;
            var (address, bytes) = ((nint)BinaryPrimitives.ReadInt64LittleEndian(entry[16..]), (nint)BinaryPrimitives.ReadInt64LittleEndian(entry[32..]));
            // The first loaded address is what the mapping at the file's start stands for.
            if (least < 0)
                least = address / page * page;
            if ((BinaryPrimitives.ReadInt32LittleEndian(entry[4..]) & Writable) != 0)
                continue;
            var (begin, end) = ((address - least + page - 1) / page * page, (address - least + bytes) / page * page);
            if (end > begin)
                pages.Add((from + begin, (nuint)(end - begin)));
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint bytes, int advice);
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RlOffload.Agents.Learning;

/// <summary>Memory that begins on a cache line, so that no vector load straddles two.</summary>
internal static class AlignedFloats
{
    private const int LineBytes = 64;

    /// <summary>Zeroed floats in a pinned array, which therefore keeps its alignment for life.</summary>
    public static unsafe Memory<float> Allocate(int count)
    {
        var array = GC.AllocateArray<float>(count + LineBytes / sizeof(float), pinned: true);
        var address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array));
        var skipped = (int)((LineBytes - address % LineBytes) % LineBytes / sizeof(float));
        return array.AsMemory(skipped, count);
    }
}

using RlOffload.Onnx;

namespace RlOffload.Inference.Profiling;

/// <summary>
/// Picks the cuts to be timed where there are more than allowed: the network's depth is divided into as many bands, each band gives its
/// best cut, then its second best and so on. Fewer tensors are better, then fewer bytes, then the shallower cut.
/// </summary>
internal static class CutSelection
{
    /// <returns>The chosen cuts in their given order. The input and the exits' own outputs are always among them.</returns>
    public static IReadOnlyList<Cut> Choose(IReadOnlyList<Cut> cuts, Func<Cut, long> bytes, int most)
    {
        var chosen = cuts.Where(IsFixed).ToHashSet();
        var others = cuts.Where(c => !chosen.Contains(c)).ToList();
        var room = Math.Max(0, most - chosen.Count);
        if (others.Count <= room)
            return cuts;
        var deepest = cuts.Max(c => c.Depth) + 1;
        chosen.UnionWith(others
            .GroupBy(c => c.Depth * room / deepest)
            .SelectMany(band => band.OrderBy(c => c.Tensors.Count).ThenBy(bytes).ThenBy(c => c.Depth).Select((cut, rank) => (cut, rank)))
            .OrderBy(x => x.rank).ThenBy(x => x.cut.Tensors.Count).ThenBy(x => bytes(x.cut)).ThenBy(x => x.cut.Depth)
            .Take(room).Select(x => x.cut));
        return [.. cuts.Where(chosen.Contains)];
    }

    /// <summary>The input and the exits' own outputs are in every profile.</summary>
    public static bool IsFixed(Cut cut) => cut.Depth == 0 || cut.LocalOf.Count > 0;

    /// <summary>
    /// An order in which any number of first cuts covers the whole depth: the fixed ones, then the others by the reversed bits of their index
    /// (van der Corput 1935). Each comes with its index in <paramref name="cuts"/>.
    /// </summary>
    public static IEnumerable<(Cut Cut, int Index)> Spread(IReadOnlyList<Cut> cuts)
    {
        var all = cuts.Select((cut, index) => (cut, index)).ToList();
        var others = all.Where(c => !IsFixed(c.cut)).Select((c, place) => (c, key: Reversed((uint)place))).OrderBy(c => c.key).Select(c => c.c);
        return all.Where(c => IsFixed(c.cut)).Concat(others);
    }

    private static uint Reversed(uint bits)
    {
        var reversed = 0u;
        for (var i = 0; i < 32; i++, bits >>= 1)
            reversed = (reversed << 1) | (bits & 1);
        return reversed;
    }
}

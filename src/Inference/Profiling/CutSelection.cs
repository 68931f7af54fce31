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
        var chosen = cuts.Where(c => c.Depth == 0 || c.LocalOf.Count > 0).ToHashSet();
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
}

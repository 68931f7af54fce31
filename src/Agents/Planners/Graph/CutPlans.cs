namespace RlOffload.Agents.Planners;

/// <summary>
/// Plays a partition of the graph as a plan of the table, whose cuts are prefixes of one topological order: the plan of the smallest prefix that holds all layers kept on the
/// device. On a chain, and wherever the partition is a cut of the table, that is the partition itself; where it runs across parallel branches, the device also runs what the
/// prefix has beyond it.
/// </summary>
internal sealed class CutPlans
{
    private readonly int[] _plans;
    private readonly int[] _lastLayer;

    /// <param name="prefixes">Plans and how many of the first layers each keeps on the device, rising.</param>
    /// <param name="last">By vertex of the graph that is cut, the last layer it stands for; a prefix holds the vertex if it holds that.</param>
    public CutPlans(IReadOnlyList<(int Plan, int Layers)> prefixes, IReadOnlyList<int> last)
    {
        _lastLayer = [.. last];
        _plans = new int[last.Max() + 2];
        // By number of layers, the first prefix that holds as many.
        for (int layers = 0, p = 0; layers < _plans.Length; layers++)
        {
            while (p < prefixes.Count && prefixes[p].Layers < layers)
                p++;
            _plans[layers] = p < prefixes.Count ? prefixes[p].Plan : -1;
        }
    }

    /// <summary>The plan, or -1 where no prefix of the table holds the partition.</summary>
    public int Of(ReadOnlySpan<bool> onEdge)
    {
        var layers = 0;
        for (var v = 0; v < onEdge.Length; v++)
            if (onEdge[v])
                layers = Math.Max(layers, _lastLayer[v] + 1);
        return _plans[layers];
    }
}

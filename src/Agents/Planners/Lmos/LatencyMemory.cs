namespace RlOffload.Agents.Planners;

/// <summary>LMOS' two objectives of a plan or a policy: latency, of which less is better, and memory used at the edge, of which LMOS wants more.</summary>
/// <param name="Latency">f1, s; of a policy its mean.</param>
/// <param name="MemoryBytes">f2; of a policy its mean.</param>
public readonly record struct LatencyMemory(double Latency, double MemoryBytes)
{
    /// <summary>At least as good in both and better in one.</summary>
    public bool Dominates(LatencyMemory other) =>
        Latency <= other.Latency && MemoryBytes >= other.MemoryBytes && (Latency < other.Latency || MemoryBytes > other.MemoryBytes);

    /// <summary>
    /// Area that a set of points dominates down to <paramref name="reference"/> (Zitzler and Thiele 1998), s * bytes: what lies beyond the reference in either
    /// objective does not count. Exact, by a sweep over latency.
    /// </summary>
    /// <param name="reference">
    /// The worst that counts; the same for all sets that are compared. <see cref="Reference"/> is the one that reports use.
    /// </param>
    public static double Hypervolume(IEnumerable<LatencyMemory> points, LatencyMemory reference)
    {
        var (area, covered) = (0.0, reference.MemoryBytes);
        // From the fastest on, each point adds the strip between the memory covered so far and its own.
        foreach (var point in points.Where(p => p.Latency < reference.Latency).OrderBy(p => p.Latency))
            if (point.MemoryBytes > covered)
            {
                area += (point.MemoryBytes - covered) * (reference.Latency - point.Latency);
                covered = point.MemoryBytes;
            }
        return area;
    }

    /// <summary>Hypervolume as a share of the box between the reference and an ideal of no latency and <paramref name="mostMemory"/> bytes, 0..1.</summary>
    /// <param name="mostMemory">Memory of the whole model, or the cap where sets are held to one; points above it count as it.</param>
    public static double HypervolumeShare(IEnumerable<LatencyMemory> points, LatencyMemory reference, double mostMemory) =>
        Hypervolume(points.Select(p => p with { MemoryBytes = Math.Min(p.MemoryBytes, mostMemory) }), reference)
            / (reference.Latency * (mostMemory - reference.MemoryBytes));

    /// <summary>The reference point of reports: the median deadline and no memory used.</summary>
    public static LatencyMemory Reference(double medianDeadline) => new(medianDeadline, 0);
}

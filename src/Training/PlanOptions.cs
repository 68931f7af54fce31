using RlOffload.Environment.Plans;
using RlOffload.Training.Config;

namespace RlOffload.Training;

/// <summary>Which plans the learner may choose.</summary>
/// <param name="Bits">Widths of a number at a split.</param>
/// <param name="Probe">Whether local plans and drop may also probe the link.</param>
/// <param name="Prune">Leave out dominated plans, within <paramref name="Tolerance"/>.</param>
/// <param name="Confidence">Each makes plans that leave at the first exit on the device whose largest softmax value is at least this.</param>
/// <param name="Entropy">Each makes plans that leave at the first exit on the device whose entropy, nats, is below this.</param>
/// <param name="Clocks">Each makes plans for which the device computes at this clock.</param>
public sealed record PlanOptions(
    IReadOnlyList<int> Bits, bool Probe, bool Prune, DominanceTolerance Tolerance, IReadOnlyList<double> Confidence, IReadOnlyList<double> Entropy,
    IReadOnlyList<Clock> Clocks)
{
    private static readonly int[] Widths = [2, 3, 4, 6, 8, 16, 32];

    /// <param name="clocks">What the device has.</param>
    internal static PlanOptions Read(ConfigSection s, IReadOnlyList<Clock> clocks)
    {
        var standard = DominanceTolerance.Default;
        return new(
            s.Ints("bits", Widths, [2, 3, 4, 6, 8]), s.Bool("probe", true), s.Bool("prune", true),
            new(s.Double("prune_time", Bounds.Share, standard.Time), s.Double("prune_bytes", Bounds.Share, standard.Bytes),
                s.Double("prune_accuracy", Bounds.Share, standard.Accuracy), s.Double("prune_server_ms", Bounds.NotNegative, standard.ServerSeconds * 1000) / 1000),
            s.Doubles("confidence", Bounds.Share, []), s.Doubles("entropy", Bounds.Between(0, 10), []), ClocksOf(s, clocks));
    }

    private static IReadOnlyList<Clock> ClocksOf(ConfigSection s, IReadOnlyList<Clock> clocks)
    {
        var known = clocks.ToDictionary(c => Math.Round(c.Hertz / 1e6, 9));
        double[] named = [.. s.Doubles("clocks_mhz", Bounds.Positive, []).Select(m => Math.Round(m, 9))];
        var allowed = known.Count == 0 ? "none, since the device has no section clocks" : $"each of device.clocks.mhz once: {string.Join(", ", known.Keys)}";
        if (s.Sound && (named.Any(m => !known.ContainsKey(m)) || named.Distinct().Count() < named.Length))
            s.Refuse("clocks_mhz", FormattableString.Invariant($"is [{string.Join(", ", named)}], allowed is {allowed}"));
        return [.. named.Where(known.ContainsKey).Select(m => known[m])];
    }

    /// <summary>The rules of leaving when confident, for a network of so many exits.</summary>
    public IReadOnlyList<Gate> Gates(int exits) => exits < 2 ? [] :
        [.. Confidence.Select(t => Gate.Everywhere(exits, GateMeasure.Confidence, t)), .. Entropy.Select(t => Gate.Everywhere(exits, GateMeasure.Entropy, t))];
}

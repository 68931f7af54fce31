using RlOffload.Environment.Plans;
using RlOffload.Training.Config;

namespace RlOffload.Training;

/// <summary>Which plans the learner may choose.</summary>
/// <param name="Bits">Widths of a number at a split.</param>
/// <param name="Probe">Whether local plans and drop may also probe the link.</param>
/// <param name="Prune">Leave out dominated plans, within <paramref name="Tolerance"/>.</param>
public sealed record PlanOptions(IReadOnlyList<int> Bits, bool Probe, bool Prune, DominanceTolerance Tolerance)
{
    private static readonly int[] Widths = [2, 3, 4, 6, 8, 16, 32];

    internal static PlanOptions Read(ConfigSection s)
    {
        var standard = DominanceTolerance.Default;
        return new(
            s.Ints("bits", Widths, [2, 3, 4, 6, 8]), s.Bool("probe", true), s.Bool("prune", true),
            new(s.Double("prune_time", Bounds.Share, standard.Time), s.Double("prune_bytes", Bounds.Share, standard.Bytes),
                s.Double("prune_accuracy", Bounds.Share, standard.Accuracy)));
    }
}

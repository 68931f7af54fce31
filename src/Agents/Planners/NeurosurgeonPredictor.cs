using RlOffload.Environment.Profiles;

namespace RlOffload.Agents.Planners;

/// <summary>
/// Times of heads and tails as Neurosurgeon would have them: not measured for the whole partition, but added up from a regression over its pieces. A piece is
/// what lies between two neighbouring cuts of the deepest exit; its time is regressed on the numbers it reads, writes and holds as weights.
/// </summary>
internal sealed class NeurosurgeonPredictor
{
    private readonly Dictionary<int, (double Head, double Tail)> _seconds = [];

    public NeurosurgeonPredictor(ModelProfile profile)
    {
        var deepest = profile.Exits.Count - 1;
        Partition[] chain = [.. profile.Partitions.Where(p => p.Exit == deepest).OrderBy(p => p.Local).ThenBy(p => p.Cut)];
        Partition[][] pieces = [.. chain.Zip(chain.Skip(1), (from, to) => new[] { from, to })];
        double[][] features = [.. pieces.Select(p => Features(profile, p[0], p[1]))];
        // Noise can make a longer head look quicker; no piece takes less than nothing.
        double[] measured = [.. pieces.Select(p => Math.Max(0, p[1].HeadMs.Median - p[0].HeadMs.Median))];
        var coefficients = NonNegativeFit.Solve(features, measured);
        double[] predicted = [.. features.Select(f => f.Zip(coefficients, (x, b) => x * b).Sum())];
        double whole = predicted.Sum(), head = 0, error = 0;
        for (var i = 0; i < chain.Length; i++)
        {
            head += i == 0 ? 0 : predicted[i - 1];
            _seconds[chain[i].Cut] = (head / 1000, (whole - head) / 1000);
            error += Math.Abs(head - chain[i].HeadMs.Median) + Math.Abs(whole - head - chain[i].TailMs.Median);
        }
        MeanError = error / (2 * chain.Length * Math.Max(chain[^1].HeadMs.Median, 1e-9));
    }

    /// <summary>Mean absolute error of the predicted head and tail times over all splits, as a share of the whole network's measured time.</summary>
    public double MeanError { get; }

    /// <summary>Predicted head and tail time, s, at a cut of the deepest exit on the measuring machine.</summary>
    public (double Head, double Tail) Seconds(int cut) => _seconds[cut];

    private static double[] Features(ModelProfile profile, Partition from, Partition to) =>
    [
        1,
        profile.Cuts[from.Cut].Elements,
        profile.Cuts[to.Cut].Elements,
        Math.Max(0, to.HeadMemoryBytes - from.HeadMemoryBytes) / 4.0,
    ];
}

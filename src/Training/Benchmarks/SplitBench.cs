using RlOffload.Inference.Profiling;

namespace RlOffload.Training.Benchmarks;

/// <param name="After">The last node of the head.</param>
/// <param name="Ms">Head, codec at 32 bits there and back, and tail, CPU time.</param>
/// <param name="Difference">Of the answer's numbers from the whole network's, relative to the largest.</param>
public sealed record SplitCost(string After, int PayloadBytes, double Ms, double RatioToWhole, double Difference);

public sealed record SplitModel(string Model, double WholeMs, double MedianRatioToWhole, IReadOnlyList<SplitCost> Cuts);

/// <param name="MedianRatioToWhole">Over the cuts of all models that take 2 ms or more.</param>
public sealed record SplitReport(double MedianRatioToWhole, double HighestRatioToWhole, IReadOnlyList<SplitModel> Models);

/// <summary>
/// What a cut costs besides the link: a network as a whole beside its two halves in one process, with ONNX Runtime's default optimisation, on one thread. Rounds
/// measure the whole and each split in turn; CPU time, medians.
/// </summary>
public static class SplitBench
{
    /// <summary>Below it a ratio says more about clocks than about cuts.</summary>
    private const double LeastMs = 2;

    private const double RoundMs = 20;

    /// <summary>Writes a network of 230 million multiply-adds with tensors of 98 KiB among others.</summary>
    public static void WriteNetwork(string path)
    {
        var network = new NetworkBuilder(1, "frame", [1, 3, 56, 56]).Stage("frame", "s1", 3, 32, 1).Stage("s1", "s2", 32, 32, 2);
        network.Stage("s2", "s3", 32, 64, 1).Stage("s3", "s4", 64, 64, 1).Stage("s4", "s5", 64, 64, 1).Stage("s5", "s6", 64, 64, 1);
        network.Stage("s6", "s7", 64, 128, 2).Stage("s7", "s8", 128, 128, 1).Stage("s8", "s9", 128, 128, 1).Stage("s9", "s10", 128, 128, 2);
        network.Exit("s10", "exit1", 128 * 7 * 7, 10).Save(path);
    }

    /// <param name="models">ONNX files; none: a network made for this.</param>
    /// <param name="cuts">Of each model at most.</param>
    public static SplitReport Run(IReadOnlyList<string> models, int cuts, int rounds)
    {
        if (models.Count > 0)
            return Report([.. models.Select(m => Measure(m, cuts, rounds))]);
        var folder = Directory.CreateTempSubdirectory("rloffload-split-").FullName;
        try
        {
            var path = Path.Combine(folder, "network.onnx");
            WriteNetwork(path);
            return Report([Measure(path, cuts, rounds)]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static SplitReport Report(IReadOnlyList<SplitModel> models)
    {
        double[] ratios = [.. models.Where(m => m.WholeMs >= LeastMs).SelectMany(m => m.Cuts).Select(c => c.RatioToWhole).Order()];
        if (ratios.Length == 0)
            ratios = [.. models.SelectMany(m => m.Cuts).Select(c => c.RatioToWhole).Order()];
        return new SplitReport(ratios[ratios.Length / 2], ratios[^1], models);
    }

    private static SplitModel Measure(string model, int cuts, int rounds)
    {
        using var meter = new SplitMeter(model, cuts);
        Action[] contestants = [meter.RunWhole, .. Enumerable.Range(0, meter.Cuts).Select(c => (Action)(() => meter.RunSplit(c)))];
        var ms = Rounds.Median(rounds, RoundMs, contestants);
        var split = Enumerable.Range(0, meter.Cuts).Select(c => new SplitCost(
            meter.After(c), meter.PayloadBytes(c), Math.Round(ms[c + 1], 4), Math.Round(ms[c + 1] / ms[0], 4), Math.Round(meter.Difference(c), 9))).ToList();
        double[] ratios = [.. split.Select(s => s.RatioToWhole).Order()];
        return new SplitModel(Path.GetFileName(model), Math.Round(ms[0], 4), ratios[ratios.Length / 2], split);
    }
}

using RlOffload.Training.Statistics;

namespace RlOffload.Training.Reports;

/// <param name="Step">Decisions learned from.</param>
/// <param name="Reward">Validation, over the seeds that came so far.</param>
public sealed record CurvePoint(double Step, Interval Reward);

/// <summary>How well a learner did on the validation windows as it learned.</summary>
public static class LearningCurve
{
    /// <summary>The checks of a run, that before it learned anything included.</summary>
    /// <param name="options">Those that it was trained with: they say when it was checked.</param>
    public static IReadOnlyList<(double Step, double Reward)> Of(RunFolder run, TrainOptions options)
    {
        var metrics = run.ReadMetrics();
        List<(double, double)> checks = run.ReadManifest().UntrainedValidation is { } untrained ? [(0, untrained)] : [];
        var next = options.ValidateEvery;
        foreach (var (step, validation) in metrics["step"].Zip(metrics["validation"]))
            if (step >= next || step >= options.Steps)
            {
                checks.Add((step, validation));
                next += options.ValidateEvery;
            }
        return checks;
    }

    /// <summary>Mean and interval over seeds at every check that more than one of them came to, or the checks of the only one.</summary>
    public static IReadOnlyList<CurvePoint> Over(IReadOnlyList<IReadOnlyList<(double Step, double Reward)>> seeds) =>
        [.. seeds.SelectMany(s => s).GroupBy(p => p.Step).OrderBy(g => g.Key).Where(g => g.Count() >= Math.Min(2, seeds.Count))
            .Select(g => new CurvePoint(g.Key, StudentInterval.Of([.. g.Select(p => p.Reward)])))];
}

using RlOffload.Training.Statistics;

namespace RlOffload.Training.Evaluation;

/// <summary>Policies against each other on the windows that all of them played.</summary>
public sealed record Comparison(EvaluationReport Evaluation, IReadOnlyList<PolicyPair> Pairs)
{
    /// <summary>Every two policies of an evaluation, in its order.</summary>
    public static Comparison Of(EvaluationReport report)
    {
        var draws = report.Provenance?.Bootstrap ?? 2000;
        var runs = report.Policies.Select(p => p.Name).Distinct().Select(n =>
            new ScenarioRuns(n, report.SeedRewards.GetValueOrDefault(n) ?? [report.Rewards[n]], report.AnchorRewards, report.OracleRewards)).ToArray();
        return new Comparison(report, [.. runs.SelectMany((a, i) => runs.Skip(i + 1).Select(b => Pair(a, b)))]);

        PolicyPair Pair(ScenarioRuns a, ScenarioRuns b)
        {
            var alone = a.Seeds == 1 && b.Seeds == 1;
            double[] first = [.. a.Rewards[0]], second = [.. b.Rewards[0]];
            return new PolicyPair(a.Scenario, b.Scenario,
                alone ? ScoreInterval.Difference(first, second, report.Seed, draws) : CrossedInterval.Difference(a.Rewards, b.Rewards),
                alone ? WinShare.Of(first, second)
                    : StratifiedBootstrap.Improvement([a with { Scenario = report.Config }], [b with { Scenario = report.Config }], report.Seed, draws),
                RunShare.Of(a.Rewards, b.Rewards))
            {
                Breaking = report.Policies.Where(p => p.BreaksBudgets && (p.Name == a.Scenario || p.Name == b.Scenario)).Select(p => p.Name).ToArray() is { Length: > 0 } broken ? broken : null,
            };
        }
    }
}

/// <param name="Difference">Mean reward a request of the first less the second's, over paired windows (and seeds).</param>
/// <param name="Improvement">Probability that the first earns more in a window, a tie counting half.</param>
/// <param name="Runs">Probability that a run (a seed over all windows) of the first earns more than one of the second, likewise: <see cref="RunShare"/>.</param>
public sealed record PolicyPair(string First, string Second, Interval Difference, Interval Improvement, double Runs)
{
    /// <summary>What means of the same rewards may differ by, summed over seeds or not.</summary>
    private const double Rounding = 1e-12;

    /// <summary>Those of the two that break a budget: what they earn more was not on offer; null: none.</summary>
    public IReadOnlyList<string>? Breaking { get; init; }

    /// <summary>Who earns more, as far as the interval tells.</summary>
    public string Verdict => Breaking is not null ? $"{string.Join(" and ", Breaking)} {(Breaking.Count > 1 ? "break" : "breaks")} a budget" : Difference.Low > Rounding ? $"{First} earns more" : Difference.High < -Rounding ? $"{Second} earns more" : "no difference shown";
}

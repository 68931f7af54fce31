using RlOffload.Training.Evaluation;
using RlOffload.Training.Statistics;

namespace RlOffload.Training.Suites;

/// <summary>Sums several scenarios up: interquartile mean, mean, optimality gap, profile and probability of improvement of each policy.</summary>
internal static class SuiteAggregate
{
    /// <summary>The planner that is hard to beat.</summary>
    private const string Baseline = "priced";

    /// <summary>Null where no scenario has room.</summary>
    public static AggregateReport? Of(IReadOnlyList<EvaluationReport> reports)
    {
        var rooms = reports.Where(r => r.Room >= ScoreInterval.LeastRoom).ToList();
        if (rooms.Count == 0)
            return null;
        var draws = rooms.Max(r => r.Provenance?.Bootstrap ?? 2000);
        var seed = rooms[0].Seed;
        // From where the worst usable policies lie to a little over the oracle.
        double[] thresholds = [.. Enumerable.Range(-20, 42).Select(i => i / 20.0)];
        var runs = Names(rooms).ToDictionary(n => n, n => rooms.Select(r => RunsOf(r, n)).OfType<ScenarioRuns>().ToArray());
        return new AggregateReport(
            [.. rooms.Select(r => r.Config)], [.. reports.Except(rooms).Select(r => r.Config)], Baseline, thresholds, draws,
            [.. runs.Where(p => p.Value.Length > 0).Select(p => Of(p.Key, p.Value))]);

        PolicyAggregate Of(string name, ScenarioRuns[] played)
        {
            var bootstrap = new StratifiedBootstrap(played, seed, draws);
            var aggregates = bootstrap.Of([Aggregates.InterquartileMean, Aggregates.Mean, Aggregates.OptimalityGap]);
            var rows = rooms.Select(r => r.Policies.FirstOrDefault(p => p.Name == name)).OfType<PolicyReport>().ToArray();
            return new PolicyAggregate(name, played.Length, new SeedRange(played.Min(r => r.Seeds), played.Max(r => r.Seeds)),
                aggregates[0], aggregates[1], aggregates[2],
                name != Baseline && runs.TryGetValue(Baseline, out var baseline) && played.Any(p => baseline.Any(b => b.Scenario == p.Scenario))
                    ? StratifiedBootstrap.Improvement(played, baseline, seed, draws) : null,
                PerformanceProfile.Of(bootstrap, thresholds).Shares,
                rows.Any(r => r.TuningTrials is null) ? null : rows.Max(r => r.TuningTrials))
            {
                BudgetsBrokenIn = rows.Count(r => r.BreaksBudgets) is > 0 and var broken ? broken : null,
            };
        }
    }

    /// <summary>Null where the policy did not play the scenario, or has no score there.</summary>
    internal static ScenarioRuns? RunsOf(EvaluationReport report, string name) =>
        report.Policies.Any(p => p.Name == name && p.Score is not null) && report.Rewards.TryGetValue(name, out var rewards)
            ? new ScenarioRuns(report.Config, report.SeedRewards.GetValueOrDefault(name) ?? [rewards], report.AnchorRewards, report.OracleRewards) : null;

    /// <summary>Policies in the order in which they first appear.</summary>
    internal static IReadOnlyList<string> Names(IReadOnlyList<EvaluationReport> reports) => [.. reports.SelectMany(r => r.Policies).Select(p => p.Name).Distinct()];
}

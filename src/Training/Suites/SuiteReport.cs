using System.Text.Json.Serialization;
using RlOffload.Training.Evaluation;
using RlOffload.Training.Statistics;

namespace RlOffload.Training.Suites;

/// <summary>The result of evaluating several configs, as its JSON.</summary>
/// <param name="Scenarios">In the order of the command.</param>
/// <param name="Skipped">Those whose data is not on this machine.</param>
/// <param name="Aggregate">Null where no scenario has room.</param>
public sealed record SuiteReport(IReadOnlyList<EvaluationReport> Scenarios, IReadOnlyList<SkippedScenario> Skipped, AggregateReport? Aggregate);

public sealed record SkippedScenario(string Config, IReadOnlyList<string> Missing);

/// <param name="Scenarios">Those with room: others have no score.</param>
/// <param name="WithoutRoom">Where the oracle earns too little more than the static plan for a score to mean anything.</param>
/// <param name="Baseline">The policy that <see cref="PolicyAggregate.ImprovementOverBaseline"/> compares with.</param>
/// <param name="Thresholds">Scores of the performance profiles.</param>
public sealed record AggregateReport(
    IReadOnlyList<string> Scenarios, IReadOnlyList<string> WithoutRoom, string Baseline, IReadOnlyList<double> Thresholds, int Bootstrap,
    IReadOnlyList<PolicyAggregate> Policies)
{
    /// <summary>Highest interquartile mean first; whoever breaks a budget anywhere comes after all that keep them, whatever its other scenarios say.</summary>
    [JsonIgnore]
    public IEnumerable<PolicyAggregate> Ranked => Policies.OrderBy(p => p.BudgetsBrokenIn > 0).ThenByDescending(p => p.InterquartileMean.Mean);
}

/// <summary>One policy over the scenarios that it played. Intervals resample seeds and windows within each scenario.</summary>
/// <param name="Scenarios">Scenarios behind the numbers; compare policies only over the same ones.</param>
/// <param name="Seeds">Fewest and most trained seeds of a scenario.</param>
/// <param name="OptimalityGap">What is missing to the hindsight oracle: 1 - mean(min(score, 1)).</param>
/// <param name="ImprovementOverBaseline">Probability of earning more than the baseline in a window; null for the baseline itself.</param>
/// <param name="Profile">Share of runs above each threshold, with pointwise bands.</param>
/// <param name="TuningTrials">Most of any scenario; null where one is not stated.</param>
public sealed record PolicyAggregate(
    string Name, int Scenarios, SeedRange Seeds, Interval InterquartileMean, Interval Mean, Interval OptimalityGap, Interval? ImprovementOverBaseline,
    IReadOnlyList<Interval> Profile, int? TuningTrials)
{
    /// <summary>Scenarios that the numbers leave out because the policy breaks a budget there; null: none.</summary>
    public int? BudgetsBrokenIn { get; init; }

    /// <summary>Scenarios behind the numbers, as a cell of a table.</summary>
    [JsonIgnore]
    public string Behind => BudgetsBrokenIn is { } broken ? $"{Scenarios}, breaks budgets in {broken}" : $"{Scenarios}";
}

public sealed record SeedRange(int Fewest, int Most);

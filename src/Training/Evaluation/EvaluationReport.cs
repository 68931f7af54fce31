using System.Text.Json.Serialization;
using RlOffload.Training.Statistics;

namespace RlOffload.Training.Evaluation;

/// <summary>The result of <c>rloffload evaluate</c>, as its JSON. Policies keep the command's order and the names as typed.</summary>
public sealed record EvaluationReport
{
    public required string Config { get; init; }
    public required ulong Seed { get; init; }
    public required IReadOnlyList<PolicyReport> Policies { get; init; }
    public required int Windows { get; init; }

    /// <summary>Oracle less static, reward a request. Below 0.01 there is no room and scores are null.</summary>
    public required double Room { get; init; }

    /// <summary>The same with its interval, and what the planners leave of it; null in results of before it was worked out.</summary>
    public RoomReport? RoomTaken { get; init; }

    /// <summary>The anchor of score 0: the best fixed plan of the training windows, and its reward here; and the oracle's, score 1.</summary>
    public required string StaticPlan { get; init; }
    public required double StaticReward { get; init; }
    public required double OracleReward { get; init; }
    public required IReadOnlyList<LinkReport> Links { get; init; }
    public required OracleReport Oracle { get; init; }
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Mean reward a request of each window, by policy, so that anyone can pair them.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<double>> Rewards { get; init; } = new Dictionary<string, IReadOnlyList<double>>();

    /// <summary>The same of the two anchors of the score, by window.</summary>
    public IReadOnlyList<double> AnchorRewards { get; init; } = [];
    public IReadOnlyList<double> OracleRewards { get; init; } = [];

    /// <summary>Of a learner with several seeds: [seed][window].</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyList<double>>> SeedRewards { get; init; } = new Dictionary<string, IReadOnlyList<IReadOnlyList<double>>>();

    public Provenance? Provenance { get; init; }

    /// <summary>A typical window as it went, for the few policies that say most.</summary>
    public Timeline? Timeline { get; init; }

    /// <summary>What LMOS' two objectives are measured by.</summary>
    public LatencyMemoryScale? LatencyMemoryScale { get; init; }

    /// <summary>Null where costs have no budgets.</summary>
    public BudgetReport? Budgets { get; init; }

    /// <summary>Most reward first; whoever breaks a budget comes after all that keep them, whatever it earned.</summary>
    [JsonIgnore]
    public IEnumerable<PolicyReport> Ranked => Policies.OrderBy(p => p.BreaksBudgets).ThenByDescending(p => p.Reward);
}

/// <summary>What a result was made of.</summary>
/// <param name="TestLinks">Hash of the windows played; <paramref name="TuningLinks"/> of those on which constants were tuned.</param>
/// <param name="Bootstrap">Draws behind each interval.</param>
public sealed record Provenance(
    string ConfigFile, string ProfileSha256, string PlansSha256, string ScenarioSha256, string TestLinks, string TuningLinks, int Bootstrap, string Version, string DotNet);

/// <param name="DeadlineMs">Median deadline: the latency from which on nothing counts.</param>
/// <param name="ModelMemoryBytes">Memory of the whole network on the device: the most there is to use.</param>
public sealed record LatencyMemoryScale(double DeadlineMs, double ModelMemoryBytes);

/// <summary>Latency counts a missed or dropped request at its full deadline.</summary>
/// <see cref="Accuracy"/> is that of the answers given in time; <see cref="InTimeAccuracy"/> counts every request, a miss as wrong.
public sealed record PolicyReport
{
    public required string Name { get; init; }
    public required Interval? Score { get; init; }
    public required double Reward { get; init; }
    public required LatencyReport LatencyMs { get; init; }
    public required double MissRate { get; init; }
    public required double Accuracy { get; init; }
    public required double InTimeAccuracy { get; init; }
    public required double EnergyMj { get; init; }
    public required double EdgeMemoryBytes { get; init; }
    public required double BytesSent { get; init; }
    public required DecisionReport DecisionUs { get; init; }
    public required double FallbackRate { get; init; }
    public required double DropRate { get; init; }
    public required IReadOnlyDictionary<string, int> Plans { get; init; }
    public required IReadOnlyDictionary<string, int> Violations { get; init; }

    /// <summary>Trained policies behind the row: its interval then is over seeds and windows.</summary>
    public int Seeds { get; init; } = 1;

    /// <summary>Settings that were tried before this one was kept: on training windows for a planner (0: nothing is tuned), as its config says for a learner; null: not stated.</summary>
    public int? TuningTrials { get; init; }

    /// <summary>Quantiles 0, 0.01 .. 1 of the latency.</summary>
    public IReadOnlyList<double> LatencyQuantilesMs { get; init; } = [];

    /// <summary>Null where costs have no budgets.</summary>
    public CostReport? Costs { get; init; }

    /// <summary>Then it has no score, and no rank above those that keep them.</summary>
    [JsonIgnore]
    public bool BreaksBudgets => Costs is { Broken.Count: > 0 };
}

public sealed record LatencyReport(double Mean, double P50, double P95, double P99);

public sealed record DecisionReport(double P50, double P99);

public sealed record LinkReport(string File, int Windows, double MeanMbitS);

public sealed record OracleReport(int Beam, IReadOnlyList<string> Roster, IReadOnlyList<string> RaisedBy);

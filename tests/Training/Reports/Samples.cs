using RlOffload.Training.Evaluation;
using RlOffload.Training.Statistics;
using RlOffload.Training.Suites;

namespace RlOffload.Tests.Training.Reports;

/// <summary>Made-up results with names that need care wherever they are written.</summary>
internal static class Samples
{
    public static EvaluationReport Evaluation(string config = "demo", double room = 0.1) => new()
    {
        Config = config,
        Seed = 1,
        Policies = [Policy("priced", 0.8, 5.5), Policy("a \"b\", <c> | d", -0.2, 7), Policy("lmos", -1, 40)],
        Windows = 4,
        Room = room,
        StaticPlan = "cut2@3/4b",
        StaticReward = 0.5,
        OracleReward = 0.5 + room,
        Links = [new("some link", 4, 12.5)],
        Oracle = new(3, ["static"], ["priced"]),
        Warnings = ["mind | this"],
    };

    /// <summary>The one that earns most breaks a budget.</summary>
    public static EvaluationReport Budgeted()
    {
        var plain = Evaluation();
        var keeps = new CostReport(0.2, 0.01, 0.05, new Dictionary<string, int>());
        var breaks = new CostReport(0.4, 0.01, 0.05, new Dictionary<string, int> { ["budgets.energy_j_per_request"] = 3 });
        return plain with
        {
            Policies = [.. plain.Policies.Select(p => p.Name == "priced" ? p with { Score = null, Costs = breaks } : p with { Costs = keeps })],
            Budgets = new(0.25, null, 0.1, 0.01, new(true, 0.59, keeps, new(0.5, 0, 0))),
        };
    }

    public static SuiteReport Suite() => new([Evaluation(), Evaluation("flat", 0.001)], [new("away.yaml", ["away.yaml:3: profile: is not there"])], null);

    private static PolicyReport Policy(string name, double score, double latency) => new()
    {
        Name = name,
        Score = new Interval(score, score - 0.1, score + 0.1),
        Reward = 0.5 + 0.1 * score,
        LatencyMs = new(latency, latency, 2 * latency, 3 * latency),
        MissRate = 0.1,
        Accuracy = 0.9,
        InTimeAccuracy = 0.81,
        EnergyMj = 12 * latency,
        EdgeMemoryBytes = 1e6 / latency,
        BytesSent = 2e3,
        DecisionUs = new(1.25, 9),
        FallbackRate = 0,
        DropRate = 0,
        Plans = new Dictionary<string, int> { ["local@1"] = 80, ["drop"] = 40 },
        Violations = new Dictionary<string, int>(),
        TuningTrials = name == "priced" ? 130 : null,
        LatencyQuantilesMs = [.. Enumerable.Range(0, 101).Select(q => latency * (0.5 + q / 100.0))],
    };
}

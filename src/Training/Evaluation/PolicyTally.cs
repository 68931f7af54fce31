using RlOffload.Environment;
using RlOffload.Training.Statistics;

namespace RlOffload.Training.Evaluation;

/// <summary>What one policy did over the windows of an evaluation. Windows may be played by several threads: each has its own row.</summary>
public sealed class PolicyTally(string name, int windows, int requests)
{
    private Outcome[][] Outcomes { get; init; } = new Outcome[windows][];
    private double[][] DecisionUs { get; init; } = new double[windows][];

    public string Name { get; } = name;

    /// <summary>Mean reward a request, by window.</summary>
    public double[] Rewards { get; private init; } = new double[windows];

    /// <summary>Energy of the device, J, by window: work, sending, radio tails and idling.</summary>
    public double[] Energies { get; private init; } = new double[windows];

    public IReadOnlyDictionary<string, int> Violations { get; set; } = new Dictionary<string, int>();

    /// <summary>All that several seeds of one learner did, as one row.</summary>
    public static PolicyTally Together(string name, IReadOnlyList<PolicyTally> seeds) => new(name, 0, 0)
    {
        Outcomes = [.. seeds.SelectMany(s => s.Outcomes)],
        DecisionUs = [.. seeds.SelectMany(s => s.DecisionUs)],
        Rewards = [.. seeds.SelectMany(s => s.Rewards)],
        Energies = [.. seeds.SelectMany(s => s.Energies)],
        Violations = seeds.SelectMany(s => s.Violations).GroupBy(v => v.Key).ToDictionary(g => g.Key, g => g.Sum(v => v.Value)),
    };

    public void Record(int row, ReadOnlySpan<Outcome> outcomes, double reward, double energy, double[] decisionUs)
    {
        Outcomes[row] = outcomes.ToArray();
        Rewards[row] = reward / requests;
        Energies[row] = energy;
        DecisionUs[row] = decisionUs;
    }

    /// <summary>The plan of each request of a window, by index.</summary>
    public int[] Course(int row) => [.. Outcomes[row].Select(o => o.Plan)];

    /// <summary>Mean costs of a request of each window.</summary>
    /// <param name="bestAccuracy">From which a shortfall is measured.</param>
    public Costs[] Costs(double bestAccuracy) => [.. Outcomes.Select((window, row) =>
        new Costs(Energies[row], window.Count(o => !o.InTime), window.Sum(o => bestAccuracy - o.Accuracy)) / window.Length)];

    /// <param name="plan">Text of a plan by its index.</param>
    public PolicyReport Report(Interval? score, Func<int, string> plan)
    {
        var all = Outcomes.SelectMany(o => o).ToArray();
        double n = all.Length;
        var latencies = all.Select(o => o.Latency * 1000).Order().ToArray();
        var times = DecisionUs.SelectMany(t => t).Order().ToArray();
        var answered = all.Where(o => o.InTime).ToArray();
        return new PolicyReport
        {
            Name = Name,
            Score = score,
            Reward = Rewards.Average(),
            LatencyMs = new LatencyReport(latencies.Average(), Quantiles.Of(latencies, 0.5),
                Quantiles.Of(latencies, 0.95), Quantiles.Of(latencies, 0.99)),
            LatencyQuantilesMs = [.. Enumerable.Range(0, 101).Select(p => Math.Round(Quantiles.Of(latencies, p / 100.0), 3))],
            MissRate = all.Count(o => !o.InTime) / n,
            Accuracy = answered.Length == 0 ? 0 : answered.Average(o => o.Accuracy),
            InTimeAccuracy = all.Sum(o => o.Accuracy) / n,
            EnergyMj = Energies.Sum() * 1000 / n,
            EdgeMemoryBytes = all.Average(o => o.MemoryBytes),
            BytesSent = all.Average(o => o.BytesSent),
            DecisionUs = new DecisionReport(Quantiles.Of(times, 0.5), Quantiles.Of(times, 0.99)),
            FallbackRate = all.Count(o => o.Kind == OutcomeKind.Fallback) / n,
            DropRate = all.Count(o => o.Kind == OutcomeKind.Dropped) / n,
            Plans = all.GroupBy(o => o.Plan).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).ToDictionary(g => plan(g.Key), g => g.Count()),
            Violations = Violations,
        };
    }
}

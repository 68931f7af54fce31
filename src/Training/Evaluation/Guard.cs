using System.Globalization;
using RlOffload.Agents;
using RlOffload.Environment;
using RlOffload.Inference.Policies;

namespace RlOffload.Training.Evaluation;

/// <summary>
/// Keeps an agent that is worse than a planner from being deployed: plays both on validation windows of the tuning links, other ones than those
/// that checkpoints were chosen on. Reported beside the agent, which is shown and compared as it is.
/// </summary>
public static class Guard
{
    /// <summary>The planners that are hard to beat.</summary>
    private static readonly string[] Planners = ["priced", "mpc", "probe-rule"];

    /// <summary>One verdict an agent, in their order; the planners play once.</summary>
    public static IReadOnlyList<GuardVerdict> Of(
        World world, Contestants contestants, IReadOnlyList<LearnedPolicy> agents, int threads, IProgress<EvaluationProgress>? progress, CancellationToken cancel)
    {
        var experiment = world.Experiment;
        var windows = WindowNumbers.From(WindowNumbers.Guard, Math.Max(experiment.Train.ValidationWindows, experiment.Evaluate.Windows));
        var row = Contestants.NameOf(experiment.Train.Agent.Name);
        var tallies = PairedPlay.Run(() => world.Tuning.Environment(world.CostModel), [.. Planners.Select(contestants.Planner), .. agents.Select(a => contestants.Agent(row, a))],
            windows, threads, progress is null ? null : new Told(n => progress.Report(new("guarding", (double)n / windows.Length))), cancel);
        var merits = tallies.Select(t => Merit(world, t)).ToArray();
        return [.. agents.Select((_, i) => Verdict(row, merits[Planners.Length + i]))];

        GuardVerdict Verdict(string agent, double merit)
        {
            var best = Enumerable.Range(0, Planners.Length).MaxBy(p => merits[p]);
            Dictionary<string, double> all = new() { [agent] = merit };
            for (var p = 0; p < Planners.Length; p++)
                all[Planners[p]] = merits[p];
            return new GuardVerdict(merits[best] > merit ? Planners[best] : agent, windows.Length, all);
        }
    }

    /// <summary>What it found, in a sentence.</summary>
    public static string Sentence(GuardVerdict verdict) => string.Create(CultureInfo.InvariantCulture,
        $"guard: {verdict.Deploys} is what 'rloffload export' deploys; reward a request on {verdict.Windows} other validation windows: ")
        + string.Join(", ", verdict.Merits.Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Key} {m.Value:F4}")));

    private static double Merit(World world, PolicyTally tally)
    {
        var reward = tally.Rewards.Average();
        if (world.Scenario.Budgets is not { } budgets)
            return reward;
        var costs = tally.Costs(world.CostModel.BestAccuracy);
        return new BudgetKeeper(budgets, world.CostModel).Merit(reward, costs.Aggregate((a, b) => a + b) / costs.Length);
    }

    private sealed class Told(Action<int> tell) : IProgress<int>
    {
        public void Report(int value) => tell(value);
    }
}

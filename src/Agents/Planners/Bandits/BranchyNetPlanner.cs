using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>
/// BranchyNet (Teerapittayanon, McDanel, Kung, ICPR 2016): everything runs on the device, every exit is tried, and a sample leaves at the first whose entropy
/// is below the threshold. One threshold serves all exits, chosen on the training windows; the paper screens a few by hand, each exit its own.
/// </summary>
public sealed class BranchyNetPlanner(CostModel model, int plan) : IPolicy
{
    private readonly Retreat _retreat = new(model.Table);

    public string Name => "branchynet";
    public int Plan { get; } = plan;

    /// <summary>Its plans in the table, from the lowest threshold to the highest.</summary>
    /// <exception cref="InputException">The profile does not know single images, or the table lacks the plans.</exception>
    public static IReadOnlyList<int> Thresholds(CostTable table)
    {
        SplitEePlanner.Outcomes(table.Profile);
        int[] plans = [.. PublishedGates.Plans(table.Profile, []).Where(p => p.Kind == PlanKind.Local).Select(table.Plans.IndexOf).Where(p => p >= 0)];
        return plans.Length > 0 ? plans : throw new InputException("plans", "entropy", "the table has no plans that leave when the entropy is low, allowed for branchynet is a network of several exits");
    }

    /// <summary>Plays every threshold over all training windows and takes the one that earns most, of equals the lowest.</summary>
    public static BranchyNetPlanner Tuned(PlannerSetup setup)
    {
        var plans = Thresholds(setup.Model.Table);
        double[] Best()
        {
            var policies = plans.Select(p => new BranchyNetPlanner(setup.Model, p)).ToArray();
            var rewards = Rollout.MeanRewards(setup.Training, policies, setup.TrainingWindows, setup.Threads);
            setup.Progress?.Report(1);
            setup.Constants?.Tried(setup.TuningKey("branchynet"), policies.Length);
            return [plans[Array.IndexOf(rewards, rewards.Max())]];
        }
        var chosen = setup.Constants is { } cache ? cache.GetOrTune(setup.TuningKey("branchynet"), c => c.Length == 1 && plans.Contains((int)c[0]), Best) : Best();
        return new BranchyNetPlanner(setup.Model, (int)chosen[0]);
    }

    public void Begin(int window) { }

    public int Decide(Observation observation, ReadOnlySpan<bool> mask) => _retreat.Unless(Plan, mask);
}

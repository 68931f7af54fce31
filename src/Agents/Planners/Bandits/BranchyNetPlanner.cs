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
        BranchyNetPlanner Make(double[] c) => new(setup.Model, (int)c[0]);
        return Make(ConstantGrid.Best(setup, "branchynet", [.. Thresholds(setup.Model.Table).Select(p => new double[] { p })], Make));
    }

    public void Begin(int window) { }

    public int Decide(Observation observation, ReadOnlySpan<bool> mask) => _retreat.Unless(Plan, mask);
}

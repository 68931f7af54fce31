using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>One plan for every request: the zero of the score where it is the best fixed plan of the training windows.</summary>
public sealed class StaticPlanner(CostModel model, int plan) : IPolicy
{
    private readonly Retreat _retreat = new(model.Table);

    public string Name => "static";
    public int Plan { get; } = plan;

    /// <summary>
    /// Plays every candidate over all training windows and takes the one that earns most, of equals the first. With budgets, of those whose mean costs
    /// keep them; where none does, the one that exceeds them least.
    /// </summary>
    public static StaticPlanner Tuned(PlannerSetup setup)
    {
        var constants = setup.Constants is { } cache
            ? cache.GetOrTune(setup.TuningKey("static"), c => c.Length == 1 && setup.Candidates.Contains((int)c[0]), () => [Best(setup)])
            : [Best(setup)];
        return new StaticPlanner(setup.Model, (int)constants[0]);
    }

    public void Begin(int window) { }

    public int Decide(Observation observation, ReadOnlySpan<bool> mask) => _retreat.Unless(Plan, mask);

    private static int Best(PlannerSetup setup)
    {
        var policies = setup.Candidates.Select(p => new StaticPlanner(setup.Model, p)).ToArray();
        var means = Rollout.Means(setup.Training, policies, setup.TrainingWindows, setup.Threads);
        setup.Progress?.Report(1);
        setup.Constants?.Tried(setup.TuningKey("static"), policies.Length);
        double excess(int i) => setup.Model.Scenario.Budgets?.Excess(means[i].Costs) ?? 0;
        var all = Enumerable.Range(0, policies.Length);
        var keep = all.Where(i => excess(i) <= 0).ToArray();
        return policies[keep.Length > 0 ? keep.MaxBy(i => means[i].Reward) : all.MinBy(excess)].Plan;
    }
}

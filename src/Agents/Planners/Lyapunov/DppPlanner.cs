using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>
/// Drift plus penalty by enumeration: the plan of most worth under <see cref="DriftPlusPenalty"/>, of equals the first. With empty queues it is
/// greedy; the longer they are, the more it spares the station that they wait for. It needs no forecast, and where requests have no deadlines
/// it keeps the queues stable wherever that is possible. V is tuned on training windows.
/// </summary>
public sealed class DppPlanner(CostModel model, IReadOnlyList<int> candidates, DriftPenaltyOptions options) : IPolicy
{
    /// <summary>Points of the grid that tuning tries: octaves of V about the square of a median deadline.</summary>
    public const int Trials = 9;

    private readonly int[] _candidates = [.. candidates.Order()];
    private readonly Retreat _retreat = new(model.Table);

    public string Name => "dpp";

    public DriftPlusPenalty Objective { get; } = new(model, options);

    public static DppPlanner Tuned(PlannerSetup setup) => new(setup.Model, setup.Candidates, new DriftPenaltyOptions(TunedV(setup)));

    internal static double TunedV(PlannerSetup setup)
    {
        var unit = Math.Pow(setup.Model.Scenario.Deadlines.Median, 2);
        return ConstantGrid.Best(setup, "dpp", [.. Enumerable.Range(-6, Trials).Select(k => new[] { unit * Math.Pow(2, k) })],
            c => new DppPlanner(setup.Model, setup.Candidates, new DriftPenaltyOptions(c[0])))[0];
    }

    public void Begin(int window) => Objective.Reset();

    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        var (best, most) = (-1, double.NegativeInfinity);
        foreach (var plan in _candidates)
            if (mask[plan] && Objective.Worth(plan, observation) is var worth && worth > most)
                (best, most) = (plan, worth);
        best = _retreat.Unless(best, mask);
        Objective.Played(best, observation);
        return best;
    }
}

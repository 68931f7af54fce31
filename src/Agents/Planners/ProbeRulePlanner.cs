using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>
/// Priced, with one rule more: where it would stay local, nothing is on the uplink and what is known of the link is older than a tuned age,
/// the request is served as planned and a probe is sent beside it. Without the rule a planner that once stayed local never learns that
/// the link has become fast. A local plan is what makes probing cheap, so nothing is probed where priced sends or drops.
/// </summary>
public sealed class ProbeRulePlanner : IPolicy
{
    /// <summary>s.</summary>
    private static readonly double[] Ages = [0.5, 1, 2, 4, 8, 16, 32];

    /// <summary>Ages that tuning tries.</summary>
    public const int Trials = 7;

    private readonly PricedPlanner _priced;
    private readonly int[] _probing;

    public ProbeRulePlanner(CostModel model, IReadOnlyList<int> candidates, StationPrices prices, double age)
    {
        _priced = new PricedPlanner(model, candidates, prices);
        _probing = ProbeRule.Twins(model.Table.Plans.Plans);
        Age = age;
    }

    public string Name => "probe-rule";

    /// <summary>s since the last transfer, from which on it probes.</summary>
    public double Age { get; }

    public static ProbeRulePlanner Tuned(PlannerSetup setup)
    {
        var prices = PricedPlanner.Tuned(setup).Prices;
        ProbeRulePlanner Make(double[] c) => new(setup.Model, setup.Candidates, prices, c[0]);
        return Make(ConstantGrid.Best(setup, "probe-rule", [.. Ages.Select(a => new[] { a })], Make));
    }

    public void Begin(int window) { }

    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        var plan = _priced.Decide(observation, mask);
        return ProbeRule.IsStale(observation, Age) && _probing[plan] is >= 0 and var twin && mask[twin] ? twin : plan;
    }
}

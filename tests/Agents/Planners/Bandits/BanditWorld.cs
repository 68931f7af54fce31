using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents.Planners;

/// <summary><see cref="GatedWorld"/> with the plans of the systems that leave when confident, and with a second exit that is surer than the last, so that SplitEE prefers it.</summary>
internal static class BanditWorld
{
    private static readonly int[] Bits = [8, 32];

    /// <summary>Nothing waits and nothing is late.</summary>
    public static Scenario Unhurried { get; } = TestWorld.Scenario with { Deadlines = new DeadlineSpec(Median: 30), Arrivals = new ArrivalSpec(ArrivalKind.Periodic, MeanGap: 2) };

    public static ModelProfile Profile { get; } = Make();

    private static ModelProfile Make()
    {
        var rng = new Rng(9);
        float[] Between(double low, double high) => [.. Enumerable.Range(0, GatedWorld.Images).Select(_ => (float)(low + (high - low) * rng.NextDouble()))];
        return GatedWorld.Profile with { Outcomes = GatedWorld.Profile.Outcomes! with { Confidence = [Between(0.3, 0.82), Between(0.75, 1), Between(0.6, 0.75)] } };
    }

    public static CostModel Model(Scenario? scenario = null)
    {
        scenario ??= TestWorld.Scenario;
        var plans = new PlanTable(PlanTable.Of(Profile, Bits, probe: true).Plans.Union(PublishedGates.Plans(Profile, Bits)));
        return new CostModel(new CostTable(Profile, plans, scenario), scenario);
    }

    public static PlannerSetup Setup(CostModel model, ILinks? links = null) => RandomWorld.Setup(model, links);
}

using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Environment.Plans;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents.Planners;

/// <summary><see cref="GatedWorld"/> with the plans of the systems that leave when confident.</summary>
internal static class BanditWorld
{
    private static readonly int[] Bits = [8, 32];

    public static CostModel Model(Scenario? scenario = null)
    {
        scenario ??= TestWorld.Scenario;
        var plans = new PlanTable(PlanTable.Of(GatedWorld.Profile, Bits, probe: true).Plans.Union(PublishedGates.Plans(GatedWorld.Profile, Bits)));
        return new CostModel(new CostTable(GatedWorld.Profile, plans, scenario), scenario);
    }

    public static PlannerSetup Setup(CostModel model, ILinks? links = null) => RandomWorld.Setup(model, links);
}

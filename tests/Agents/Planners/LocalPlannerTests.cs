using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Planners;

public sealed class LocalPlannerTests
{
    [Fact]
    public void EverythingRunsOnTheDeviceToTheDeepestExit()
    {
        var model = RandomWorld.Small();
        var rng = new Rng(1);
        var mask = RandomWorld.AllAllowed(model.Table.Plans);
        var planner = new LocalPlanner(model);
        Assert.Equal("local@3", model.Table.Plans[planner.Decide(RandomWorld.Observation(ref rng), mask)].ToString());
        mask[RandomWorld.Plan(model, "local@3")] = false;
        Assert.Equal("local@2", model.Table.Plans[planner.Decide(RandomWorld.Observation(ref rng), mask)].ToString());
    }
}

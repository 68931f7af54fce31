using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Planners;

public sealed class RemotePlannerTests
{
    [Fact]
    public void TheInputIsSentToTheDeepestExit()
    {
        var model = RandomWorld.Small();
        var rng = new Rng(1);
        var mask = RandomWorld.AllAllowed(model.Table.Plans);
        var planner = new RemotePlanner(model);
        Assert.Equal("remote@3", model.Table.Plans[planner.Decide(RandomWorld.Observation(ref rng), mask)].ToString());
        mask[RandomWorld.Plan(model, "remote@3")] = false;
        Assert.Equal("local@3", model.Table.Plans[planner.Decide(RandomWorld.Observation(ref rng), mask)].ToString());
    }
}

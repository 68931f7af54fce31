using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Planners;

public sealed class GreedyPlannerTests
{
    [Fact]
    public void ItIsTheBestOfAllCandidatesTriedOneByOneAndOfEqualsTheFirst()
    {
        var rng = new Rng(2);
        for (var world = 0ul; world < 40; world++)
        {
            var model = RandomWorld.Model(world);
            var candidates = RandomWorld.Setup(model).Candidates;
            var planner = new GreedyPlanner(model, [.. candidates.Reverse()]);
            for (var round = 0; round < 20; round++)
            {
                var o = RandomWorld.Observation(ref rng);
                var mask = RandomWorld.Mask(model.Table.Plans, ref rng, 0.8);
                var best = candidates.Where(p => mask[p]).OrderByDescending(p => model.Predict(p, o).Reward).ThenBy(p => p).First();
                Assert.Equal(best, planner.Decide(o, mask));
            }
        }
    }

    [Fact]
    public void ItDropsWhatCannotBeInTime()
    {
        var model = RandomWorld.Small();
        var rng = new Rng(3);
        var o = RandomWorld.Observation(ref rng);
        (o.Deadline, o.Rate) = (0.001, 1e4);
        var plan = new GreedyPlanner(model, RandomWorld.Setup(model).Candidates).Decide(o, RandomWorld.AllAllowed(model.Table.Plans));
        Assert.Equal(model.Reward(false, 0, o.Deadline, o.Deadline), model.Predict(plan, o).Reward);
        Assert.Equal(0, model.Predict(plan, o).DeviceSeconds);
    }
}

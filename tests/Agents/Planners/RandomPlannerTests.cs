using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Planners;

public sealed class RandomPlannerTests
{
    [Fact]
    public void AllowedPlansAreEquallyLikelyAndOthersNeverDrawn()
    {
        var rng = new Rng(1);
        var plans = RandomWorld.Small().Table.Plans;
        var mask = RandomWorld.Mask(plans, ref rng, 0.4);
        var planner = new RandomPlanner(5);
        var drawn = new int[plans.Count];
        var o = new Observation();
        for (var window = 0; window < 100; window++)
        {
            planner.Begin(window);
            for (o.Request = 0; o.Request < 100; o.Request++)
                drawn[planner.Decide(o, mask)]++;
        }
        var expected = 10_000.0 / mask.Count(true);
        for (var p = 0; p < plans.Count; p++)
            Assert.InRange(drawn[p], mask[p] ? expected - 5 * Math.Sqrt(expected) : 0, mask[p] ? expected + 5 * Math.Sqrt(expected) : 0);
    }

    [Fact]
    public void ADrawDependsOnSeedWindowAndRequestOnly()
    {
        var plans = RandomWorld.Small().Table.Plans;
        var mask = RandomWorld.AllAllowed(plans);
        int[] Draws(ulong seed, int window, int from)
        {
            var planner = new RandomPlanner(seed);
            planner.Begin(window);
            return [.. Enumerable.Range(from, 40 - from).Select(r => planner.Decide(new Observation { Request = r }, mask))];
        }
        Assert.Equal(Draws(1, 2, 0)[10..], Draws(1, 2, 10));
        Assert.NotEqual(Draws(1, 2, 0), Draws(1, 3, 0));
        Assert.NotEqual(Draws(1, 2, 0), Draws(2, 2, 0));
    }
}

using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Planners.Imitation;

public sealed class ForesightedOptimiserTests
{
    /// <summary>It is worth imitating.</summary>
    [Fact]
    public void ItEarnsMoreThanEveryPlannerThatDoesNotKnowTheFuture()
    {
        var setup = RandomWorld.Setup(RandomWorld.Small());
        var prices = PricedPlanner.Tuned(setup).Prices;
        int[] others = [.. Enumerable.Range(6, 12)];
        var rewards = Rollout.MeanRewards(setup.Training,
            [new ForesightedOptimiser(setup, prices), new PricedPlanner(setup.Model, setup.Candidates, prices), MpcPlanner.Tuned(setup), KnowsLinkPlanner.Tuned(setup)], others);
        Assert.True(rewards[0] > rewards[1..].Max() + 0.005, string.Join(", ", rewards));
    }
}

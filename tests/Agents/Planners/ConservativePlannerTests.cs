using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Planners;

public sealed class ConservativePlannerTests
{
    [Fact]
    public void OnALinkThatIsSureItIsGreedyElseGreedyAtALowerRate()
    {
        var rng = new Rng(6);
        var model = RandomWorld.Small();
        var candidates = RandomWorld.Setup(model).Candidates;
        IPolicy conservative = new ConservativePlanner(model, candidates, 1), greedy = new GreedyPlanner(model, candidates);
        var mask = RandomWorld.AllAllowed(model.Table.Plans);
        var differ = 0;
        for (var round = 0; round < 300; round++)
        {
            var o = RandomWorld.Observation(ref rng);
            Assert.Equal(greedy.Decide(o, mask), conservative.Decide(o, mask));
            o.Volatility = 2 * rng.NextDouble();
            var cautious = conservative.Decide(o, mask);
            differ += cautious == greedy.Decide(o, mask) ? 0 : 1;
            o.Rate *= Math.Exp(-o.Volatility * Math.Sqrt(Math.PI / 2));
            Assert.Equal(greedy.Decide(o, mask), cautious);
        }
        Assert.InRange(differ, 20, 299);
    }

    [Fact]
    public void TheTunedQuantileIsTheBestOfTheGridOnTheTrainingWindows()
    {
        var setup = RandomWorld.Setup(RandomWorld.Small());
        var tuned = ConservativePlanner.Tuned(setup);
        ConservativePlanner[] all = [.. Enumerable.Range(1, 25).Select(z => new ConservativePlanner(setup.Model, setup.Candidates, 0.1 * z)), tuned];
        var rewards = Rollout.MeanRewards(setup.Training, all, setup.TrainingWindows);
        Assert.True(rewards[^1] >= rewards.Max() - 0.01, $"tuned earns {rewards[^1]}, another quantile {rewards.Max()}");
        Assert.InRange(tuned.Z, 0.1, 2.1);
    }
}

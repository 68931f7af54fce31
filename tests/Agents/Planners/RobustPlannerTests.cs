using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents.Planners;

public sealed class RobustPlannerTests
{
    [Fact]
    public void ItsPlanEarnsMostOnAverageOverTheGuesses()
    {
        var rng = new Rng(9);
        var model = RandomWorld.Small();
        var candidates = RandomWorld.Setup(model).Candidates;
        var robust = new RobustPlanner(model, candidates, 0.8);
        var mask = RandomWorld.AllAllowed(model.Table.Plans);
        double[] fifths = [0.1, 0.3, 0.5, 0.7, 0.9];
        for (var round = 0; round < 200; round++)
        {
            var o = RandomWorld.Observation(ref rng);
            (o.Volatility, o.RateAge) = (rng.NextDouble(), 20 * rng.NextDouble());
            var seen = o.Volatility * o.Volatility * Math.PI / 2;
            var spread = 0.8 * Math.Sqrt(seen + 0.49 * (1 - Math.Exp(-2 * o.RateAge / model.Scenario.Uplink.ReversionSeconds)));
            double Mean(int plan) => fifths.Average(q =>
                model.Predict(plan, o, o.Rate * Math.Exp(spread * MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, q))).Reward);
            Assert.Equal(candidates.Max(Mean), Mean(robust.Decide(o, mask)), 4);
        }
    }

    /// <summary>Where the rate jumps from transfer to transfer, an expected rate says little.</summary>
    [Fact]
    public void OnAnUnpredictableLinkItEarnsMoreThanGreedy()
    {
        var rng = new Rng(12);
        double[] starts = [.. Enumerable.Range(0, 2400).Select(i => 0.25 * i)];
        double[] rates = [.. starts.Select(_ => 5e4 * Math.Pow(100, rng.NextDouble()))];
        var links = new TraceLinks(LinkWindows.Cut([LinkTrace.FromSamples("jumping", starts, rates, 600)], 50), RttModel.Constant(40), "jumping");
        var model = RandomWorld.Small(TestWorld.Scenario with { Arrivals = new(ArrivalKind.Periodic, MeanGap: 1) });
        var setup = RandomWorld.Setup(model, links);
        int[] others = [4, 5, 6, 7, 8, 9, 10, 11];
        var rewards = Rollout.MeanRewards(setup.Training, [new GreedyPlanner(model, setup.Candidates), RobustPlanner.Tuned(setup)], others);
        Assert.True(rewards[1] > rewards[0] + 0.005, $"robust earns {rewards[1]} a request, greedy {rewards[0]}");
    }
}

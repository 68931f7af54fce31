using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents.Planners.Lookahead;

public sealed class MpcPlannerTests
{
    private static readonly int[] Others = [.. Enumerable.Range(6, 24)];

    [Fact]
    public void InBurstsItEarnsMoreThanGreedyAndNotLessThanPriced()
    {
        var setup = RandomWorld.Setup(RandomWorld.Small()) with { TrainingWindows = [0, 1, 2, 3, 4, 5] };
        var rewards = Rollout.MeanRewards(setup.Training,
            [new GreedyPlanner(setup.Model, setup.Candidates), PricedPlanner.Tuned(setup), MpcPlanner.Tuned(setup)], Others);
        Assert.True(rewards[2] > rewards[0] + 0.05, $"mpc earns {rewards[2]} a request, greedy {rewards[0]}");
        Assert.True(rewards[2] > rewards[1] - 0.01, $"mpc earns {rewards[2]} a request, priced {rewards[1]}");
    }

    /// <summary>Two requests at a time, for which the device has time for one deep exit or two shallow ones.</summary>
    [Fact]
    public void ItLeavesTheDeviceToTheNextRequestWhereGreedyTakesIt()
    {
        var model = RandomWorld.Small();
        int[] local = [RandomWorld.Plan(model, "local@1"), RandomWorld.Plan(model, "local@3"), RandomWorld.Plan(model, "drop")];
        var o = new Observation { Deadline = 0.31, Slowdown = 1, Rate = 1e6, ServerLoad = 1, FastIntensity = 10, SlowIntensity = 10, Battery = 1 };
        var mask = RandomWorld.AllAllowed(model.Table.Plans);
        var scenario = model.Scenario with { Deadlines = new(Median: 0.25, Spread: 0) };
        var hurried = new RlOffload.Environment.Plans.CostModel(model.Table, scenario);
        Assert.Equal(local[1], new GreedyPlanner(hurried, local).Decide(o, mask));
        Assert.Equal(local[0], new MpcPlanner(hurried, local, default, new(4, 1, 1, 1)).Decide(o, mask));
        (o.FastIntensity, o.SlowIntensity) = (0.1, 0.1);
        Assert.Equal(local[1], new MpcPlanner(hurried, local, default, new(4, 1, 1, 1)).Decide(o, mask));
    }

    [Fact]
    public void TheGridHasAsManyPointsAsStated()
    {
        var setup = RandomWorld.Setup(RandomWorld.Small()) with { TrainingWindows = [0], Constants = new TunedConstants(null, "a") };
        PricedPlanner.Tuned(setup);
        var reports = new List<double>();
        MpcPlanner.Tuned(setup with { Progress = new Recorded(reports) });
        Assert.Equal(MpcPlanner.Trials, reports.Count);
    }

    private sealed class Recorded(List<double> reports) : IProgress<double>
    {
        public void Report(double value) => reports.Add(value);
    }
}

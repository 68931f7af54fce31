using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents.Planners.Imitation;

public sealed class MemtlPlannerTests
{
    private static readonly int[] Others = [.. Enumerable.Range(30, 12)];

    /// <summary>Where greedy is wrong, because every request delays the next.</summary>
    private static Scenario Busy => TestWorld.Scenario with { Arrivals = new(ArrivalKind.Bursty, MeanGap: 0.15) };

    [Fact]
    public void ItChoosesAsTheOptimiserMoreOftenThanGreedyAndEarnsNearlyAsMuch()
    {
        var setup = RandomWorld.Setup(RandomWorld.Small(Busy), TestWorld.Constant()) with { TrainingWindows = [.. Enumerable.Range(0, 16)] };
        var memtl = MemtlPlanner.Tuned(setup);
        var greedy = new GreedyPlanner(setup.Model, setup.Candidates);
        var optimiser = new ForesightedOptimiser(setup, PricedPlanner.Tuned(setup).Prices);
        var (mine, his) = (Agreement(setup, optimiser, memtl), Agreement(setup, optimiser, greedy));
        Assert.True(mine > his, $"memtl agrees in {mine}, greedy in {his}");
        var rewards = Rollout.MeanRewards(setup.Training, [optimiser, memtl, greedy], Others);
        Assert.True(rewards[1] > rewards[2], $"memtl earns {rewards[1]} a request, greedy {rewards[2]}");
        // What it reports of itself is what is measured here, on other windows.
        Assert.Equal(mine, memtl.Imitation.Accuracy, 0.1);
        Assert.Equal(rewards[0] - rewards[1], memtl.Imitation.Regret, 0.05);
    }

    [Fact]
    public void TrainedTwiceOrRememberedItIsTheSame()
    {
        var setup = RandomWorld.Setup(RandomWorld.Small()) with { TrainingWindows = [0, 1] };
        var cached = setup with { Constants = new TunedConstants(null, "a") };
        IPolicy[] three = [MemtlPlanner.Tuned(setup), MemtlPlanner.Tuned(cached),
            MemtlPlanner.Tuned(cached with { Training = () => throw new InvalidOperationException("trained again") })];
        var rewards = Rollout.MeanRewards(setup.Training, three, Others);
        Assert.Equal(rewards[0], rewards[1]);
        Assert.Equal(rewards[0], rewards[2]);
        Assert.Equal(1, cached.TuningTrials("memtl"));
    }

    private static double Agreement(PlannerSetup setup, ForesightedOptimiser optimiser, IPolicy policy)
    {
        var world = setup.Training();
        var (same, decisions) = (0, 0);
        foreach (var window in Others)
        {
            Rollout.Begin(world, optimiser, window);
            for (; !world.Truncated; decisions++)
            {
                var plan = policy.Decide(world.Observation, world.Mask);
                same += plan == optimiser.Decide(world.Observation, world.Mask) ? 1 : 0;
                world.Step(plan);
            }
        }
        return (double)same / decisions;
    }
}

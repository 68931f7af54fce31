using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Planners.Lyapunov;

public sealed class LydrooPlannerTests
{
    private static readonly int[] Others = [.. Enumerable.Range(30, 12)];

    /// <summary>The ratio of what its proposals are worth to the best that enumeration finds, between what a fixed plan is worth and the best.</summary>
    [Fact]
    public void ItsFewProposalsHoldNearlyTheBestOfAllPlans()
    {
        var setup = RandomWorld.Setup(RandomWorld.Small()) with { TrainingWindows = [.. Enumerable.Range(0, 12)] };
        var lydroo = LydrooPlanner.Tuned(setup);
        var dpp = new DppPlanner(setup.Model, setup.Candidates, lydroo.Objective.Options);
        var world = setup.Training();
        var (reached, random, best, decisions) = (0.0, 0.0, 0.0, 0);
        foreach (var window in Others)
        {
            Rollout.Begin(world, lydroo, window);
            for (; !world.Truncated; decisions++)
            {
                var o = world.Observation;
                var plan = lydroo.Decide(o, world.Mask);
                reached += lydroo.Objective.Worth(plan, o);
                best += lydroo.Objective.Worth(dpp.Decide(o, world.Mask), o);
                random += setup.Candidates.Average(p => lydroo.Objective.Worth(p, o));
                world.Step(plan);
            }
        }
        Assert.InRange(lydroo.Proposals, 1, setup.Candidates.Count / 2);
        Assert.True(reached <= best + 1e-9);
        Assert.InRange((reached - random) / (best - random), 0.85, 1);
    }

    [Fact]
    public void TrainedTwiceOrRememberedItIsTheSame()
    {
        var setup = RandomWorld.Setup(RandomWorld.Small()) with { TrainingWindows = [0, 1] };
        var cached = setup with { Constants = new TunedConstants(null, "a") };
        IPolicy[] three = [LydrooPlanner.Tuned(setup), LydrooPlanner.Tuned(cached),
            LydrooPlanner.Tuned(cached with { Training = () => throw new InvalidOperationException("trained again") })];
        var rewards = Rollout.MeanRewards(setup.Training, three, Others);
        Assert.Equal(rewards[0], rewards[1]);
        Assert.Equal(rewards[0], rewards[2]);
    }
}

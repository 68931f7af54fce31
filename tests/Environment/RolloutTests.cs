using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Tests.Environment;

public sealed class RolloutTests
{
    [Fact]
    public void TheRewardOfAWindowIsThatOfAllItsRequests()
    {
        var environment = TestWorld.Environment();
        var plan = TestWorld.Plan(environment, "cut2@3/8b");
        var played = Rollout.Play(environment, new StaticPlanner(environment.Model, plan), 2);
        var (delivered, answered) = (0.0, 0);
        environment.Reset(2);
        while (!environment.Truncated)
        {
            environment.Step(plan);
            foreach (var outcome in environment.Delivered)
                (delivered, answered) = (delivered + outcome.Reward, answered + 1);
        }
        Assert.Equal(delivered, played, 9);
        Assert.Equal(TestWorld.Scenario.Requests, answered);
    }

    [Fact]
    public void MeansAreARequestsShareAndTheSameForAnyNumberOfThreads()
    {
        int[] windows = [3, 1, 7];
        var environment = TestWorld.Environment();
        IPolicy[] Policies() => [.. Enumerable.Range(0, environment.Actions).Select(p => new StaticPlanner(environment.Model, p)), new RandomPlanner(1)];
        var means = Rollout.MeanRewards(() => TestWorld.Environment(), Policies(), windows);
        Assert.Equal(means, Rollout.MeanRewards(() => TestWorld.Environment(), Policies(), windows, threads: 4));
        var random = Rollout.Play(environment, new RandomPlanner(1), windows);
        Assert.Equal(random.Sum() / (3 * TestWorld.Scenario.Requests), means[^1], 12);
        Assert.Equal(random[1], Rollout.Play(environment, new RandomPlanner(1), 1));
    }
}

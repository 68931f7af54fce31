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

    private sealed class Diagnostic : IPolicy, IForesight
    {
        public List<string> Calls { get; } = [];
        public string Name => "diagnostic";

        public void Foresee(OffloadEnvironment world) => Calls.Add($"foresee {world.Window}/{world.Observation.Request}");

        public void Begin(int window) => Calls.Add($"begin {window}");

        public int Decide(Observation observation, ReadOnlySpan<bool> mask)
        {
            Calls.Add("decide");
            return mask.IndexOf(true);
        }
    }

    [Fact]
    public void ADiagnosticIsShownEachWindowAtItsFirstRequest()
    {
        var diagnostic = new Diagnostic();
        Rollout.Play(TestWorld.Environment(), diagnostic, [5, 2]);
        var requests = TestWorld.Scenario.Requests;
        Assert.Equal(["foresee 5/0", "begin 5", "decide"], diagnostic.Calls[..3]);
        Assert.Equal(["foresee 2/0", "begin 2", "decide"], diagnostic.Calls[(requests + 2)..(requests + 5)]);
    }
}

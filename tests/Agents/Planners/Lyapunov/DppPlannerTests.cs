using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents.Planners.Lyapunov;

/// <summary>The theory's promises, where requests have no deadlines to speak of.</summary>
public sealed class DppPlannerTests
{
    /// <summary>Every 0.25 s a request: local takes 0.3 s and 0.3 J, sending the input 0.2 s and about 0.6 J.</summary>
    private static CostModel Patient(int requests = 600, double activeWatts = 1, double gap = 0.25) => RandomWorld.Small(TestWorld.Scenario with
    {
        Arrivals = new(ArrivalKind.Periodic, gap),
        Deadlines = new(Median: 1e6, Spread: 0),
        Device = TestWorld.Scenario.Device with { ActiveWatts = activeWatts },
        Requests = requests,
    });

    /// <returns>Joules a request, mean backlog of both stations in s, and that of the last quarter.</returns>
    private static (double Energy, double Backlog, double Late) Play(CostModel model, IPolicy policy)
    {
        var environment = new OffloadEnvironment(model, TestWorld.Constant(), TestWorld.Seed);
        var (backlog, late, requests) = (0.0, 0.0, model.Scenario.Requests);
        Rollout.Begin(environment, policy, 0);
        while (!environment.Truncated)
        {
            var o = environment.Observation;
            var seconds = o.DeviceBacklog + (o.UplinkBacklogBytes + o.PendingBytes) * 8 / 1e6;
            backlog += seconds / requests;
            late += o.Request >= requests * 3 / 4 ? seconds / (requests / 4) : 0;
            environment.Step(policy.Decide(o, environment.Mask));
        }
        return (environment.TotalEnergy / requests, backlog, late);
    }

    [Fact]
    public void TheHigherVTheLessEnergyDownToTheOptimumAndTheLongerTheQueues()
    {
        var model = Patient();
        int[] candidates = [RandomWorld.Plan(model, "local@3"), RandomWorld.Plan(model, "remote@3")];
        var costs = new[] { 0.05, 0.2, 0.8, 3.2 }.Select(v => Play(model, new DppPlanner(model, candidates, new(v, PenaltyKind.Energy)))).ToArray();
        for (var i = 1; i < costs.Length; i++)
        {
            Assert.True(costs[i].Energy <= costs[i - 1].Energy + 1e-9, $"{costs[i]} after {costs[i - 1]}");
            Assert.True(costs[i].Backlog > costs[i - 1].Backlog, $"{costs[i]} after {costs[i - 1]}");
        }
        // The cheap plan can serve at most 0.25 / 0.3 of the requests, and a few more that wait at the end; the rest has to be sent.
        var share = 0.25 / 0.3;
        var least = share * 0.3 + (1 - share) * model.SendEnergy(0.2, 25_000);
        Assert.True(costs[0].Energy > 1.1 * least);
        Assert.InRange(costs[^1].Energy, 0.97 * least, 1.02 * least);
    }

    [Fact]
    public void QueuesAreStableWhereSomePolicyKeepsThemSo()
    {
        string[] stabilising = ["local@3", "remote@3"], overloaded = ["local@3"];
        (double Short, double Long) Late(string[] plans)
        {
            double At(int requests)
            {
                var model = Patient(requests);
                return Play(model, new DppPlanner(model, [.. plans.Select(p => RandomWorld.Plan(model, p))], new(0.5, PenaltyKind.Energy))).Late;
            }
            return (At(600), At(1200));
        }
        var stable = Late(stabilising);
        Assert.InRange(stable.Long, 0.8 * stable.Short, 1.2 * stable.Short);
        // 0.3 s of work every 0.25 s, whatever is done.
        var unstable = Late(overloaded);
        Assert.InRange(unstable.Long, 1.8 * unstable.Short, 2.2 * unstable.Short);
    }

    [Fact]
    public void TheVirtualQueueKeepsABudgetThatCanBeKeptAndGrowsUnderOneThatCannot()
    {
        var model = Patient(activeWatts: 3, gap: 1);
        int[] candidates = [RandomWorld.Plan(model, "local@1"), RandomWorld.Plan(model, "local@3")]; // 0.3 J for 0.6, 0.9 J for 0.9
        var kept = new DppPlanner(model, candidates, new(1, EnergyBudget: 0.5));
        Assert.InRange(Play(model, kept).Energy, 0.45, 0.515);
        Assert.InRange(kept.Objective.EnergyDebt, 0, 10);
        var broken = new DppPlanner(model, candidates, new(1, EnergyBudget: 0.2));
        Assert.InRange(Play(model, broken).Energy, 0.299, 0.32);
        Assert.InRange(broken.Objective.EnergyDebt, 0.09 * 600, 0.13 * 600);
        var free = new DppPlanner(model, candidates, new(1));
        Assert.Equal(0.9, Play(model, free).Energy, 6);
    }

    [Fact]
    public void WithEmptyQueuesItIsGreedyElseItSparesTheStationThatIsWaitedFor()
    {
        var rng = new Rng(4);
        var model = RandomWorld.Small();
        var candidates = RandomWorld.Setup(model).Candidates;
        var mask = RandomWorld.AllAllowed(model.Table.Plans);
        IPolicy dpp = new DppPlanner(model, candidates, new(0.01)), greedy = new GreedyPlanner(model, candidates);
        var spared = 0.0;
        for (var round = 0; round < 200; round++)
        {
            var o = RandomWorld.Observation(ref rng);
            var (mine, his) = (model.Predict(dpp.Decide(o, mask), o), model.Predict(greedy.Decide(o, mask), o));
            Assert.True(mine.Reward <= his.Reward);
            spared += o.DeviceBacklog * (his.DeviceSeconds - mine.DeviceSeconds) + o.UplinkBacklogBytes * 8 / o.Rate * (his.UplinkSeconds - mine.UplinkSeconds);
            (o.DeviceBacklog, o.UplinkBacklogBytes, o.PendingBytes) = (0, 0, 0);
            Assert.Equal(greedy.Decide(o, mask), dpp.Decide(o, mask));
        }
        Assert.True(spared > 1);
    }

    [Fact]
    public void TunedItEarnsMoreThanGreedyInBursts()
    {
        var setup = RandomWorld.Setup(RandomWorld.Small());
        int[] others = [6, 7, 8, 9, 10, 11];
        var rewards = Rollout.MeanRewards(setup.Training, [new GreedyPlanner(setup.Model, setup.Candidates), DppPlanner.Tuned(setup)], others);
        Assert.True(rewards[1] > rewards[0] + 0.01, $"dpp earns {rewards[1]} a request, greedy {rewards[0]}");
    }
}

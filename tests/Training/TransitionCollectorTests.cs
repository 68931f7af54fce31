using RlOffload.Agents;
using RlOffload.Environment;
using RlOffload.Tests.Environment;
using RlOffload.Training;

namespace RlOffload.Tests.Training;

public sealed class TransitionCollectorTests
{
    private sealed record Kept(int Request, float[] Observation, bool[] Mask, int Action, float Reward, float Discount, float[] Next, bool[] NextMask, float[] Charges);

    private readonly List<Kept> _kept = [];

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(200)]
    public void EachTransitionCarriesTheRewardsOfItsStepsAndWhatWasSeenAfterThemHoweverLateOutcomesCome(int steps)
    {
        const double Gamma = 0.9;
        var environment = TestWorld.Environment();
        var view = new AgentView(environment.Model, [.. Enumerable.Range(0, environment.Actions)]);
        var requests = environment.Model.Scenario.Requests;
        var collector = new TransitionCollector(view, requests, Gamma, steps, Keep);
        var (rewards, actions, late) = (new double[requests], new int[requests], 0);
        for (var window = 0; window < 2; window++)
        {
            var policy = new RandomPolicy(5);
            _kept.Clear();
            environment.Reset(window);
            collector.Begin();
            policy.Begin(window);
            collector.See(0, environment.Observation, environment.Mask);
            for (var request = 0; request < requests; request++)
            {
                actions[request] = policy.Decide(environment.Observation, environment.Mask);
                collector.Chose(request, actions[request]);
                environment.Step(actions[request]);
                collector.See(request + 1, environment.Observation, environment.Mask);
                foreach (ref readonly var outcome in environment.Delivered)
                {
                    late += outcome.Request < request ? 1 : 0;
                    rewards[outcome.Request] = (float)outcome.Reward;
                    collector.Deliver(outcome);
                }
            }
            Assert.Equal(Enumerable.Range(0, requests), _kept.Select(k => k.Request).Order());
            foreach (var kept in _kept)
            {
                var end = Math.Min(kept.Request + steps, requests); // a window's end is a time limit
                Assert.Equal(Enumerable.Range(kept.Request, end - kept.Request).Sum(i => Math.Pow(Gamma, i - kept.Request) * rewards[i]), kept.Reward, 1e-4);
                Assert.Equal((float)Math.Pow(Gamma, end - kept.Request), kept.Discount);
                Assert.Equal(actions[kept.Request], kept.Action);
                Assert.Equal(collector.Observation(kept.Request).ToArray(), kept.Observation);
                Assert.Equal(collector.Observation(end).ToArray(), kept.Next);
                Assert.Equal(collector.Mask(kept.Request).ToArray(), kept.Mask);
                Assert.Equal(collector.Mask(end).ToArray(), kept.NextMask);
            }
        }
        Assert.True(late > 5, $"{late} outcomes came after a later decision");
    }

    [Fact]
    public void OneStepHandsOnTheRewardItselfInTheOrderInWhichAnswersCame()
    {
        var collector = Collector(steps: 1);
        foreach (var (request, reward) in new[] { (2, 0.25), (0, -0.5), (1, 1.0) })
            collector.Deliver(default(Outcome) with { Request = request, Reward = reward });
        Assert.Equal([(2, 0.25f), (0, -0.5f), (1, 1f)], _kept.Select(k => (k.Request, k.Reward)));
        Assert.All(_kept, k => Assert.Equal(0.5f, k.Discount));
    }

    [Fact]
    public void ChargesAddUpAsRewardsDo()
    {
        var keeper = new BudgetKeeper(new BudgetSpec(EnergyJoules: 0.5), TestWorld.Model());
        var collector = Collector(steps: 2, keeper);
        foreach (var request in new[] { 1, 2, 0 })
        {
            collector.Chose(request, 0, probe: 0.25 * request);
            collector.Deliver(default(Outcome) with { Request = request, Kind = OutcomeKind.Answered, Energy = 0.25 });
        }
        Assert.Equal(2, keeper.Weights(new Observation()).Energy); // budgets a joule
        Assert.Equal([(1, 1 + 0.5f * 1.5f), (2, 1.5f), (0, 0.5f + 0.5f * 1)], _kept.Select(k => (k.Request, k.Charges[0])));
    }

    private TransitionCollector Collector(int steps, BudgetKeeper? keeper = null)
    {
        var environment = TestWorld.Environment();
        environment.Reset(0);
        var collector = new TransitionCollector(new AgentView(environment.Model, [0, 1]), requests: 3, gamma: 0.5, steps, Keep, keeper: keeper);
        collector.Begin();
        for (var i = 0; i <= 3; i++)
            collector.See(i, environment.Observation, environment.Mask);
        return collector;
    }

    private void Keep(in Transition t) => _kept.Add(new Kept(t.Request, [.. t.Observation], [.. t.Mask], t.Action, t.Reward, t.Discount, [.. t.NextObservation], [.. t.NextMask], [.. t.Charges]));
}

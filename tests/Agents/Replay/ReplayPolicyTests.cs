using RlOffload.Agents;
using RlOffload.Agents.Replay;
using RlOffload.Agents.Planners;
using RlOffload.Agents.Sac;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents.Replay;

public sealed class ReplayPolicyTests
{
    private static readonly SacOptions Options = new() { Hidden = [16] };

    [Fact]
    public void ItTakesThePlanOfTheHighestLogitAmongThoseThatMayRun()
    {
        var environment = TestWorld.Environment();
        var view = new AgentView(environment.Model, [7, 2, environment.Actions - 1, 4]);
        var sac = new DiscreteSac(view.Size, view.Actions, Options, seed: 3);
        var policy = new ReplayPolicy(sac, null, () => throw new NotSupportedException());
        environment.Reset(0);
        var (vector, allowed, logits) = (new float[view.Size], new bool[view.Actions], new float[view.Actions]);
        view.Write(environment.Observation, environment.Mask, vector, allowed);
        for (var left = view.Actions; left > 0; left--)
        {
            sac.Logits(vector, allowed, logits);
            var best = Enumerable.Range(0, view.Actions).Where(i => allowed[i]).MaxBy(i => logits[i]);
            Assert.Equal(best, policy.Decide(environment.Observation, vector, allowed));
            allowed[best] = false;
        }
    }

    [Fact]
    public void ACopyDecidesTheSameAndSharesNothing()
    {
        var sac = new DiscreteSac(3, 4, Options, seed: 3);
        var policy = new ReplayPolicy(sac, null, () => new DiscreteSac(3, 4, Options, seed: 4));
        var copy = policy.Copy();
        float[] observation = [0.5f, -1, 2];
        bool[] mask = [true, true, false, true];
        float[] logits = new float[4], copied = new float[4];
        policy.Freeze().Answer(observation, mask, [], logits);
        copy.Freeze().Answer(observation, mask, [], copied);
        Assert.Equal(logits, copied);
        sac.Normaliser.Observe([1, 2, 3]);
        policy.Freeze().Answer(observation, mask, [], logits);
        copy.Freeze().Answer(observation, mask, [], copied);
        Assert.NotEqual(logits, copied);
    }

    [Fact]
    public void OneThatHasLearnedNothingPlaysAsThePlannerBeneathItAndACopyToo()
    {
        var environment = TestWorld.Environment();
        var view = new AgentView(environment.Model, [.. Enumerable.Range(0, environment.Actions)]);
        var prices = new StationPrices(0.3, 0.1);
        var planner = new PricedPlanner(environment.Model, [.. Enumerable.Range(0, environment.Actions)], prices);
        DiscreteSac Learner() => new(view.Size, view.Actions, Options with { PriorWeight = 1e6 }, seed: 3);
        var start = new PlannerStart(view, 1e6);
        using var memory = new MemoryStream();
        using (var writer = new BinaryWriter(memory, System.Text.Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(prices.Device);
            writer.Write(prices.Uplink);
        }
        memory.Position = 0;
        start.Load(new BinaryReader(memory), "start");
        var policy = new LearnedPolicy("sac", new ReplayPolicy(Learner(), start, Learner), view);
        var copy = policy.Copy("copy");
        for (environment.Reset(3); !environment.Truncated;)
        {
            var plan = planner.Decide(environment.Observation, environment.Mask);
            Assert.Equal(plan, policy.Decide(environment.Observation, environment.Mask));
            Assert.Equal(plan, copy.Decide(environment.Observation, environment.Mask));
            environment.Step(plan);
        }
        Assert.Equal(new PlannerPrior(0.3, 0.1, 1e6), policy.Learned.Freeze().Prior);
    }
}

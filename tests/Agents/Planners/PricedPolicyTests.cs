using RlOffload.Agents;
using RlOffload.Agents.Planners;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents.Planners;

public sealed class PricedPolicyTests
{
    [Fact]
    public void ItDecidesAsThePlannerAndSoDoItsGraphAndItsCopies()
    {
        var environment = TestWorld.Environment();
        int[] plans = [.. Enumerable.Range(0, environment.Actions)];
        var (prices, view) = (new StationPrices(0.3, 0.1), new AgentView(environment.Model, plans));
        var planner = new PricedPlanner(environment.Model, plans, prices);
        var learned = new PricedPolicy(view, default);
        using var memory = new MemoryStream();
        new PricedPolicy(view, prices).Save(new BinaryWriter(memory));
        memory.Position = 0;
        learned.Load(new BinaryReader(memory), "file");
        var policy = new LearnedPolicy("priced", learned, view);
        var frozen = learned.Freeze();
        var (prior, logits, mask) = (new float[view.Actions], new float[view.Actions], new bool[view.Actions]);
        var chosen = new HashSet<int>();
        for (environment.Reset(0); !environment.Truncated;)
        {
            var plan = planner.Decide(environment.Observation, environment.Mask);
            Assert.Equal(plan, policy.Decide(environment.Observation, environment.Mask));
            Assert.Equal(plan, policy.Copy("copy").Decide(environment.Observation, environment.Mask));
            environment.Mask.CopyTo(mask);
            mask[plan] = false;
            frozen.Prior!.Write(view, environment.Observation, prior);
            frozen.Answer([], mask, prior, logits);
            Assert.Equal(planner.Decide(environment.Observation, mask), Array.IndexOf(logits, logits.Max()));
            chosen.Add(plan);
            environment.Step(plan);
        }
        Assert.True(chosen.Count > 2);
    }
}

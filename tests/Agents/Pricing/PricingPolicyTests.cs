using RlOffload.Agents.Planners;
using RlOffload.Agents.Pricing;
using RlOffload.Environment;
using RlOffload.Tests.Agents.Hindsight;

namespace RlOffload.Tests.Agents.Pricing;

public sealed class PricingPolicyTests
{
    [Theory, InlineData(0), InlineData(3)]
    public void ItTakesTheHighestValueAndACopyDoesTheSameAndSharesNothing(double margin)
    {
        var world = HindsightWorld.Bursts;
        var (environment, view) = (world.Environment(1), world.View);
        var policy = new PricingPolicy(new PlanPricing(view, [8], clip: 5), () => new PlanPricing(view, [8], clip: 5), margin);
        var rng = new Rng(1);
        policy.Pricing.Begin(new StationPrices(0.1, 0.1), 0.6, ref rng);
        environment.Reset(0);
        var (observation, mask, values) = (new float[view.Size], new bool[view.Actions], new float[view.Actions]);
        view.Write(environment.Observation, environment.Mask, observation, mask);
        var answer = policy.Freeze().Answer;
        for (var left = view.Actions; left > 0; left--)
        {
            answer(observation, mask, [], values);
            var best = Enumerable.Range(0, view.Actions).Where(a => mask[a]).MaxBy(a => values[a]);
            Assert.Equal(best, policy.Decide(environment.Observation, observation, mask));
            Assert.Equal(best, policy.Copy().Decide(environment.Observation, observation, mask));
            mask[best] = false;
        }
        var copy = (PricingPolicy)policy.Copy();
        copy.Pricing.Network.Parameters.Flat.Fill(1);
        Assert.NotEqual(1, policy.Pricing.Network.Parameters.Flat[0]);
    }
}

using RlOffload.Agents;
using RlOffload.Agents.Hindsight;
using RlOffload.Agents.Pricing;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Hindsight;

public sealed class CandidateChoiceTests
{
    private static readonly HindsightWorld World = HindsightWorld.Bursts;

    [Theory, InlineData(5), InlineData(1000)]
    public void ItHoldsThePlayedPlanFirstTheRequiredTheBestAndADrawnOneEachOnceAndAllowed(int most)
    {
        var (environment, view) = (World.Environment(1), World.View);
        environment.Reset(0);
        var (observation, mask, values) = (new float[view.Size], new bool[view.Actions], new float[view.Actions]);
        view.Write(environment.Observation, environment.Mask, observation, mask);
        mask[0] = false;
        var pricing = new HindsightOptions().Pricing(view); // expected rewards, no prices
        pricing.Values(observation, mask, values);
        var worst = Array.IndexOf(values, values.Where((_, a) => mask[a]).Min());
        var best = Array.IndexOf(values, values.Max());
        var choice = new CandidateChoice(view, most);
        var drawn = new HashSet<int>();
        for (ulong seed = 0; seed < 60; seed++)
        {
            var rng = new Rng(seed);
            var chosen = choice.Choose(pricing, new Moment(environment, 0, 0, 0, observation, mask), played: 3, required: worst, ref rng).ToArray();
            Assert.Equal(Math.Min(most, view.Actions - 1), chosen.Length);
            Assert.Equal([3, worst], chosen[..2]);
            Assert.Contains(best, chosen);
            Assert.DoesNotContain(0, chosen);
            Assert.Equal(chosen.Length, chosen.Distinct().Count());
            Assert.Equal(chosen.Select(a => view.Plans[a]), choice.InTable.ToArray());
            drawn.Add(chosen[^1]);
        }
        if (most == 5)
            Assert.True(drawn.Count > 5, $"{drawn.Count} different plans were drawn");
    }
}

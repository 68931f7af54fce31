using RlOffload.Agents.Planners;
using RlOffload.Agents.Pricing;
using RlOffload.Environment;
using RlOffload.Tests.Agents.Hindsight;

namespace RlOffload.Tests.Agents.Pricing;

public sealed class PlannerMarginTests
{
    private const float Margin = 0.3f;

    private static readonly StationPrices Prices = new(0.2, 0.3);

    [Fact]
    public void ThePlannersPlanGetsAllOfItAndOthersTheLessTheFurtherTheyAre()
    {
        Each((_, _, mask, values, raised, scores) =>
        {
            var highest = Allowed(mask).Max(a => scores[a]);
            for (var a = 0; a < values.Length; a++)
                Assert.Equal(mask[a] ? Margin * Math.Max(0, 1 - (highest - scores[a]) / 0.01) : 0, raised[a] - values[a], 2e-4);
        });
    }

    [Fact]
    public void WhereTheNetworkIsNotSureThePlannersPlanIsTaken()
    {
        var (kept, changed) = (0, 0);
        Each((free, careful, mask, values, raised, scores) =>
        {
            Assert.Equal(Allowed(mask).MaxBy(a => raised[a]), careful);
            if (careful == free)
            {
                kept++;
                return;
            }
            changed++;
            Assert.True(scores[careful] > Allowed(mask).Max(a => scores[a]) - 0.01f && values[free] - values[careful] < Margin, $"{values[free]} for {values[careful]}");
        });
        Assert.True(kept > 20 && changed > 20, $"{kept} decisions are the network's, {changed} are not");
    }

    [Fact]
    public void WhatTheNetworkIsSureOfIsTaken()
    {
        var sure = 0;
        Each((free, careful, mask, values, raised, scores) =>
        {
            var planners = Allowed(mask).MaxBy(a => scores[a]);
            if (Allowed(mask).All(a => a == free || values[a] < values[free] - Margin - 1e-3f))
            {
                Assert.Equal(free, careful);
                sure += free == planners ? 0 : 1;
            }
        }, scale: 20);
        Assert.True(sure > 20, $"{sure} plans are taken that are not the planner's");
    }

    private delegate void Seen(int free, int careful, bool[] mask, float[] values, float[] raised, float[] scores);

    /// <summary>Shows decisions of a network that knows nothing, with a margin and without, and what each of its plans is worth to it and to the planner.</summary>
    /// <param name="scale">Of the network's weights: with large ones it is sure of whatever it says.</param>
    private static void Each(Seen seen, float scale = 1)
    {
        var world = HindsightWorld.Bursts;
        var (environment, view) = (world.Environment(1), world.View);
        var pricing = new PlanPricing(view, [8], clip: 5);
        var rng = new Rng(1);
        pricing.Begin(Prices, 0.6, ref rng);
        pricing.Network.Initialise(ref rng);
        foreach (ref var weight in pricing.Network.Parameters.Flat)
            weight *= scale;
        PricingPolicy free = new(pricing, () => pricing), careful = new(pricing, () => pricing, Margin);
        var (unmoved, moved) = (free.Freeze().Answer, careful.Freeze().Answer);
        var (observation, mask) = (new float[view.Size], new bool[view.Actions]);
        for (var window = 0; window < 3; window++)
            for (environment.Reset(window); !environment.Truncated; environment.Step(view.Plans[rng.NextInt(view.Actions)]))
            {
                view.Write(environment.Observation, environment.Mask, observation, mask);
                for (var a = 0; a < mask.Length; a++)
                    mask[a] &= rng.NextInt(4) > 0;
                if (!mask.Contains(true))
                    continue;
                float[] values = new float[mask.Length], raised = new float[mask.Length];
                unmoved(observation, mask, [], values);
                moved(observation, mask, [], raised);
                float[] scores = [.. Enumerable.Range(0, mask.Length).Select(a => Score(view.Model.Predict(view.Plans[a], environment.Observation)))];
                seen(free.Decide(environment.Observation, observation, mask), careful.Decide(environment.Observation, observation, mask), mask, values, raised, scores);
            }
    }

    private static IEnumerable<int> Allowed(bool[] mask) => Enumerable.Range(0, mask.Length).Where(a => mask[a]);

    private static float Score(in RlOffload.Environment.Plans.Prediction p) => (float)(p.Reward - Prices.Device * p.DeviceSeconds - Prices.Uplink * p.UplinkSeconds);
}

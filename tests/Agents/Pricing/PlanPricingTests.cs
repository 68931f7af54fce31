using RlOffload.Agents;
using RlOffload.Agents.Planners;
using RlOffload.Agents.Pricing;
using RlOffload.Environment;
using RlOffload.Tests.Agents.Hindsight;

namespace RlOffload.Tests.Agents.Pricing;

public sealed class PlanPricingTests
{
    private static readonly HindsightWorld World = HindsightWorld.Bursts;

    [Fact]
    public void WithoutANetworksSayItValuesPlansAsThePricesDo()
    {
        var (environment, view) = (World.Environment(1), World.View);
        var pricing = new PlanPricing(view, [8], clip: 5);
        var rng = new Rng(1);
        pricing.Begin(new StationPrices(0.3, 0.7), environment.Model.Scenario.Deadlines.Median, ref rng);
        pricing.Network.Parameters.Flat.Clear();
        environment.Reset(0);
        var planner = new PricedPlanner(environment.Model, World.Plans, new StationPrices(0.3, 0.7));
        var (observation, mask, values) = (new float[view.Size], new bool[view.Actions], new float[view.Actions]);
        while (!environment.Truncated)
        {
            view.Write(environment.Observation, environment.Mask, observation, mask);
            pricing.Values(observation, mask, values);
            for (var a = 0; a < values.Length; a++)
            {
                var expected = environment.Model.Predict(view.Plans[a], environment.Observation);
                Assert.Equal(expected.Reward - 0.3 * expected.DeviceSeconds - 0.7 * expected.UplinkSeconds, values[a], 1e-5);
            }
            environment.Step(planner.Decide(environment.Observation, environment.Mask));
        }
    }

    [Fact]
    public void ForbiddenPlansAreWorthTheLeastAndNothingIsAllocated()
    {
        var (environment, view, pricing) = (World.Environment(1), World.View, Begun(1));
        environment.Reset(0);
        var (observation, mask, values) = (new float[view.Size], new bool[view.Actions], new float[view.Actions]);
        view.Write(environment.Observation, environment.Mask, observation, mask);
        mask[2] = false;
        pricing.Values(observation, mask, values);
        Assert.Equal(2, Array.IndexOf(values, values.Min()));
        Assert.Equal(-1e9f, values[2]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        pricing.Values(observation, mask, values);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void WhatIsSavedIsWhatIsReadAndOtherShapesAreRefused()
    {
        var (pricing, copy) = (Begun(1), Begun(2));
        copy.CopyFrom(pricing);
        Assert.Equal(pricing.Network.Parameters.ToDense(), copy.Network.Parameters.ToDense());
        Assert.Equal(pricing.Start.Row(0).ToArray(), copy.Start.Row(0).ToArray());
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        pricing.Save(writer);
        memory.Position = 0;
        var wider = new PlanPricing(World.View, [9], clip: 5);
        var refused = Assert.Throws<InputException>(() => wider.Load(new BinaryReader(memory), "best.bin"));
        Assert.Equal("best.bin:agent.hidden: is 8, this configuration needs 9", Assert.Single(refused.Problems));
    }

    [Fact]
    public void ALeaningStandsBesideTheNetworkAndIsSavedWithIt()
    {
        PlanPricing plain = Begun(1), leaning = new(World.View, [8], clip: 5, leans: true), copy = new(World.View, [8], clip: 5, leans: true);
        var rng = new Rng(1);
        leaning.Begin(new StationPrices(1, 2), 0.6, ref rng);
        var (environment, view) = (World.Environment(1), World.View);
        environment.Reset(0);
        var (observation, mask) = (new float[view.Size], new bool[view.Actions]);
        float[] values = new float[view.Actions], with = new float[view.Actions], copied = new float[view.Actions];
        view.Write(environment.Observation, environment.Mask, observation, mask);
        plain.Values(observation, mask, values);
        leaning.Values(observation, mask, with);
        Assert.Equal(values, with);

        var (weight, bias) = leaning.Linear.Layers[0];
        (bias.Row(0)[PlanFeatures.Device], weight.Row(0)[PlanFeatures.Device]) = (0.5f, -2f);
        leaning.Values(observation, mask, with);
        for (var a = 0; a < values.Length; a++)
        {
            var device = observation[leaning.State + a * PlanFeatures.Count + PlanFeatures.Device];
            Assert.Equal(values[a] + (0.5f - 2 * Math.Clamp(observation[0], -5, 5)) * device, with[a], 1e-5);
        }
        copy.CopyFrom(leaning);
        copy.Values(observation, mask, copied);
        Assert.Equal(with, copied);
    }

    [Fact]
    public void PricesWithAndWithoutALeaningAreNotTakenForOneAnother()
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        Begun(1).Save(writer);
        memory.Position = 0;
        var refused = Assert.Throws<InputException>(() => new PlanPricing(World.View, [8], clip: 5, leans: true).Load(new BinaryReader(memory), "best.bin"));
        Assert.Equal("best.bin:agent.format: is 1, this configuration needs 2", Assert.Single(refused.Problems));
    }

    private static PlanPricing Begun(ulong seed)
    {
        var pricing = new PlanPricing(World.View, [8], clip: 5);
        var rng = new Rng(seed);
        pricing.Begin(new StationPrices(seed, 2), 0.6, ref rng);
        return pricing;
    }
}

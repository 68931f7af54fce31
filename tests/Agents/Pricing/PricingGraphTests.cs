using Microsoft.ML.OnnxRuntime;
using RlOffload.Agents.Planners;
using RlOffload.Agents.Pricing;
using RlOffload.Environment;
using RlOffload.Tests.Agents.Hindsight;

namespace RlOffload.Tests.Agents.Pricing;

public sealed class PricingGraphTests
{
    [Theory, InlineData(0, false, 0), InlineData(16, false, 0), InlineData(16, true, 0), InlineData(16, false, 1.5)]
    public void OnnxRuntimeValuesPlansAsTheNetworkDoes(int hidden, bool leans, double margin)
    {
        var world = HindsightWorld.Bursts;
        var (environment, view) = (world.Environment(1), world.View);
        var pricing = new PlanPricing(view, hidden == 0 ? [] : [hidden], clip: 5, leans);
        var rng = new Rng(1);
        pricing.Begin(new StationPrices(0.1, 0.4), 0.6, ref rng);
        pricing.Network.Initialise(ref rng);
        pricing.Leaning?.Initialise(ref rng);
        var (observation, mask, values) = (new float[view.Size], new bool[view.Actions], new float[view.Actions]);
        using var session = new InferenceSession(PricingGraph.Of(pricing).ToBytes());
        environment.Reset(0);
        while (!environment.Truncated)
        {
            view.Write(environment.Observation, environment.Mask, observation, mask);
            pricing.Normaliser.Observe(observation.AsSpan(0, pricing.State));
            environment.Step(3);
        }
        using var frozen = new InferenceSession(PricingGraph.Of(pricing, margin).ToBytes());
        for (var a = 0; a < mask.Length; a++)
            mask[a] = a % 3 != 1;
        new PricingPolicy(pricing, () => pricing, margin).Freeze().Answer(observation, mask, [], values);
        var exported = Run(frozen, observation, mask);
        for (var a = 0; a < values.Length; a++)
            Assert.Equal(values[a], exported[a], mask[a] ? 1e-4 : 0); // of which 2e-5 are the margin's, which 100 times the scores decide
        Assert.NotEqual(exported, Run(session, observation, mask)); // the normaliser is in the graph
    }

    private static float[] Run(InferenceSession session, float[] observation, bool[] mask)
    {
        using var o = OrtValue.CreateTensorValueFromMemory(observation, [1, observation.Length]);
        using var m = OrtValue.CreateTensorValueFromMemory(mask.Select(x => x ? 1f : 0f).ToArray(), [1, mask.Length]);
        using var options = new RunOptions();
        using var results = session.Run(options, ["observation", "mask"], [o, m], ["logits"]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }
}

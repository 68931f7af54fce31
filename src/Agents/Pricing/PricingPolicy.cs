using RlOffload.Agents.Replay;
using RlOffload.Environment;

namespace RlOffload.Agents.Pricing;

/// <summary>Plays the plan of the highest value, the first of equals.</summary>
/// <param name="another">Makes a pricing of the same shape.</param>
public sealed class PricingPolicy(PlanPricing pricing, Func<PlanPricing> another) : ILearnedPolicy
{
    private readonly float[] _values = new float[pricing.Actions];

    public PlanPricing Pricing => pricing;

    public int Decide(Observation known, ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask)
    {
        pricing.Values(observation, mask, _values);
        return Categorical.Best(_values, mask);
    }

    public ILearnedPolicy Copy()
    {
        var copy = another();
        copy.CopyFrom(pricing);
        return new PricingPolicy(copy, another);
    }

    public FrozenGraph Freeze() => new(PricingGraph.Of(pricing), (observation, mask, prior, logits) => pricing.Values(observation, mask, logits));

    public void Save(BinaryWriter writer) => pricing.Save(writer);

    public void Load(BinaryReader reader, string file) => pricing.Load(reader, file);
}

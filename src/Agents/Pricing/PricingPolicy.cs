using RlOffload.Agents.Replay;
using RlOffload.Environment;

namespace RlOffload.Agents.Pricing;

/// <summary>Plays the plan of the highest value, the first of equals.</summary>
/// <param name="another">Makes a pricing of the same shape.</param>
/// <param name="margin">By how much a plan's value has to lead that of the plan which the planner beneath would take: <see cref="PlannerMargin"/>.</param>
public sealed class PricingPolicy(PlanPricing pricing, Func<PlanPricing> another, double margin = 0) : ILearnedPolicy
{
    private readonly float[] _values = new float[pricing.Actions], _scores = new float[pricing.Actions];

    public PlanPricing Pricing => pricing;

    public int Decide(Observation known, ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask)
    {
        Values(observation, mask, _values);
        return Categorical.Best(_values, mask);
    }

    public ILearnedPolicy Copy()
    {
        var copy = another();
        copy.CopyFrom(pricing);
        return new PricingPolicy(copy, another, margin);
    }

    public FrozenGraph Freeze() => new(PricingGraph.Of(pricing, margin), (observation, mask, prior, logits) => Values(observation, mask, logits));

    public void Save(BinaryWriter writer) => pricing.Save(writer);

    public void Load(BinaryReader reader, string file) => pricing.Load(reader, file);

    private void Values(ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask, Span<float> values)
    {
        pricing.Values(observation, mask, values);
        if (margin > 0)
            PlannerMargin.Add((float)margin, pricing.Start, observation[pricing.State..], mask, values, _scores);
    }
}

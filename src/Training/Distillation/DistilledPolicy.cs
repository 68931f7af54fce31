using RlOffload.Agents;
using RlOffload.Environment;
using RlOffload.Inference.Policies;
using RlOffload.Inference.Policies.Distilled;

namespace RlOffload.Training.Distillation;

/// <summary>A tree or table where an agent is expected, so that it plays, and is compared, as one.</summary>
internal sealed class DistilledPolicy(RegionPolicy regions) : ILearnedPolicy
{
    public RegionPolicy Regions => regions;

    public int Decide(Observation known, ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask)
    {
        Ask(observation, mask);
        return regions.Best();
    }

    /// <summary>A <see cref="FrozenGraph.Logits"/>.</summary>
    public void Answer(ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask, ReadOnlySpan<float> prior, Span<float> logits)
    {
        Ask(observation, mask);
        regions.Logits.CopyTo(logits);
    }

    public ILearnedPolicy Copy() => new DistilledPolicy(regions.Copy());

    public FrozenGraph Freeze() => throw new InputException("distill", "form", $"a {regions.Regions.Form} is no ONNX graph; deploy the folder that 'rloffload distill' wrote");

    public void Save(BinaryWriter writer) => throw new NotSupportedException("a distilled policy is kept by its folder, FrozenPolicyFile");

    public void Load(BinaryReader reader, string file) => throw new NotSupportedException("a distilled policy is kept by its folder, FrozenPolicyFile");

    private void Ask(ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask)
    {
        observation.CopyTo(regions.Observation);
        for (var p = 0; p < mask.Length; p++)
            regions.Mask[p] = mask[p] ? 1 : 0;
        regions.Run();
    }
}

using RlOffload.Agents.Engine;
using RlOffload.Environment;

namespace RlOffload.Agents.Diffusion;

/// <summary>What a <see cref="DiffusionSac"/> learned, decided without noise.</summary>
public sealed class DiffusionPolicy(DiffusionSac learner) : ILearnedPolicy
{
    public int Decide(Observation known, ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask) => learner.Act(observation, mask);

    public ILearnedPolicy Copy()
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        Save(writer);
        memory.Position = 0;
        var copy = new DiffusionPolicy(new DiffusionSac(learner.Observations, learner.Actions, learner.Options, 0));
        using var reader = new BinaryReader(memory);
        copy.Load(reader, "copy");
        return copy;
    }

    public FrozenGraph Freeze() => new(OnnxLowering.Of(learner.PolicyGraph(), "policy", frozen: true), (observation, mask, _, logits) => learner.Logits(observation, mask, logits));

    public void Save(BinaryWriter writer) => learner.Save(writer);

    public void Load(BinaryReader reader, string file) => learner.Load(reader, file);
}

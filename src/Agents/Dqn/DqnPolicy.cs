using RlOffload.Agents.Learning;
using RlOffload.Environment;

namespace RlOffload.Agents.Dqn;

/// <summary>The plan of the highest value.</summary>
public sealed class DqnPolicy(DoubleDqn learner) : ILearnedPolicy
{
    public int Decide(Observation known, ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask) => learner.Act(observation, mask);

    public ILearnedPolicy Copy()
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        Save(writer);
        memory.Position = 0;
        var copy = new DqnPolicy(new DoubleDqn(learner.Network.Inputs, learner.Network.Outputs, learner.Options, 0));
        using var reader = new BinaryReader(memory);
        copy.Load(reader, "copy");
        return copy;
    }

    public FrozenGraph Freeze() => new(PolicyGraph.Of(learner.Network, learner.Normaliser, prior: false), (observation, mask, _, logits) => learner.Logits(observation, mask, logits));

    public void Save(BinaryWriter writer) => learner.Save(writer);

    public void Load(BinaryReader reader, string file) => learner.Load(reader, file);
}

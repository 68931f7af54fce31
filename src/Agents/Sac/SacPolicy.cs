using RlOffload.Agents.Learning;
using RlOffload.Environment;

namespace RlOffload.Agents.Sac;

/// <summary>The actor of a <see cref="DiscreteSac"/>: the plan with the highest logit.</summary>
public sealed class SacPolicy(DiscreteSac sac) : ILearnedPolicy
{
    private Rng _unused;

    public int Decide(Observation known, ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask) => sac.Act(observation, mask, ref _unused, greedy: true);

    public ILearnedPolicy Copy()
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        Save(writer);
        memory.Position = 0;
        var copy = new SacPolicy(new DiscreteSac(sac.Observations, sac.Actions, sac.Options, 0));
        using var reader = new BinaryReader(memory);
        copy.Load(reader, "copy");
        return copy;
    }

    public FrozenGraph Freeze() => new(PolicyGraph.Of(sac.Actor, sac.Normaliser, sac.Options.UsePrior), (observation, mask, prior, logits) => sac.Logits(observation, mask, logits, prior));

    public void Save(BinaryWriter writer) => sac.Save(writer);

    public void Load(BinaryReader reader, string file) => sac.Load(reader, file);
}

using RlOffload.Agents.Engine;
using RlOffload.Agents.Learning;

namespace RlOffload.Agents.Sac;

/// <summary>One of the twin critics: Q(s, .) with an output an action, its slow target Q', and its optimiser.</summary>
internal sealed record Critic(Mlp Online, Mlp Target, Adam Adam)
{
    /// <summary>A critic whose target equals it.</summary>
    public static Critic Of(Mlp online, SacOptions options)
    {
        var target = new Mlp(online.Inputs, options.Hidden, online.Outputs);
        online.Parameters.Flat.CopyTo(target.Parameters.Flat);
        return new Critic(online, target, new Adam(online.Parameters, options.LearningRateCritic, options.AdamEpsilon));
    }

    public void Save(BinaryWriter writer)
    {
        Online.Parameters.Save(writer);
        Target.Parameters.Save(writer);
        Adam.Save(writer);
    }

    public void Load(BinaryReader reader)
    {
        Online.Parameters.Load(reader);
        Target.Parameters.Load(reader);
        Adam.Load(reader);
    }
}

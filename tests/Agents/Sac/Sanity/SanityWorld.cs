using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Sac.Sanity;

/// <summary>What a step of a small world returns.</summary>
/// <param name="Delay">decisions until the reward is known; the transition reaches the replay then.</param>
internal readonly record struct SanityStep(float Reward, bool Terminated = false, bool Truncated = false, int Delay = 0);

/// <summary>A world small enough that its optimum is known by hand; each catches one kind of mistake.</summary>
internal abstract class SanityWorld(int observations, int actions)
{
    public int Observations { get; } = observations;
    public int Actions { get; } = actions;

    /// <summary>Begins an episode; <paramref name="mask"/> comes in all true.</summary>
    public abstract void Reset(ref Rng rng, Span<float> observation, Span<bool> mask);

    /// <summary>Writes the true next state, also at an end; <paramref name="mask"/> comes in all true.</summary>
    public abstract SanityStep Step(int action, ref Rng rng, Span<float> observation, Span<bool> mask);
}

using RlOffload.Agents;
using RlOffload.Environment;

namespace RlOffload.Training.Distillation;

/// <summary>An agent that is asked what it thinks of each plan, in states that others bring about.</summary>
internal sealed class Teacher
{
    private readonly FrozenGraph _frozen;
    private readonly float[] _observation, _prior;

    public Teacher(LearnedPolicy policy)
    {
        (Policy, _frozen) = (policy, policy.Learned.Freeze());
        (_observation, Mask) = (new float[policy.View.Size], new bool[policy.View.Actions]);
        _prior = new float[_frozen.Prior is null ? 0 : Mask.Length];
        Values = new float[Mask.Length];
    }

    public LearnedPolicy Policy { get; }

    /// <summary>Of its own plans, after <see cref="Ask"/>; the shield, where there is one, has been applied.</summary>
    public bool[] Mask { get; }

    /// <summary>
    /// Its value of each plan where it learned values (hindsight, cem, dqn); else its logits, which are the logarithms of its probabilities and so the
    /// values of a policy of maximum entropy, up to their scale.
    /// </summary>
    public float[] Values { get; }

    /// <returns>The plan that it would choose, by the place among its own.</returns>
    public int Ask(Observation known, ReadOnlySpan<bool> mask)
    {
        Policy.View.Write(known, mask, _observation, Mask);
        _frozen.Prior?.Write(Policy.View, known, _prior);
        _frozen.Answer(_observation, Mask, _prior, Values);
        return Policy.Learned.Decide(known, _observation, Mask);
    }
}

using RlOffload.Agents.Learning;

namespace RlOffload.Agents.Sac;

/// <summary>Transitions drawn from a <see cref="ReplayBuffer"/>, a row each; B rows of n observations and A actions.</summary>
public sealed class ReplayBatch
{
    /// <summary>s [B, n]</summary>
    public Matrix Observations { get; }

    /// <summary>s' [B, n]</summary>
    public Matrix NextObservations { get; }

    /// <summary>[B, A]: 0 where an action of s is valid, <see cref="MaskedSoftmax.Forbidden"/> elsewhere and in the padding.</summary>
    public Matrix Forbidden { get; }

    /// <summary>The same of s'.</summary>
    public Matrix NextForbidden { get; }

    /// <summary>Prior logits of s [B, A], or null.</summary>
    public Matrix? Prior { get; }

    /// <summary>Prior logits of s' [B, A], or null.</summary>
    public Matrix? NextPrior { get; }

    /// <summary>a</summary>
    public int[] Actions { get; }

    /// <summary>r</summary>
    public float[] Rewards { get; }

    /// <summary>gamma^k (1 - terminated)</summary>
    public float[] Discounts { get; }

    /// <summary>|A(s)|</summary>
    public int[] Choices { get; }

    public ReplayBatch(int rows, int observations, int actions, bool prior)
    {
        Observations = Matrix.Zeros(rows, observations);
        NextObservations = Matrix.Zeros(rows, observations);
        Forbidden = Matrix.Zeros(rows, actions);
        NextForbidden = Matrix.Zeros(rows, actions);
        Prior = prior ? Matrix.Zeros(rows, actions) : null;
        NextPrior = prior ? Matrix.Zeros(rows, actions) : null;
        Actions = new int[rows];
        Rewards = new float[rows];
        Discounts = new float[rows];
        Choices = new int[rows];
    }
}

using RlOffload.Agents.Learning;
using RlOffload.Environment;

namespace RlOffload.Agents.Replay;

/// <summary>What a batch is drawn for; each has draws of its own.</summary>
public enum ReplayStream { Learning, Imitating, Taught }

/// <summary>Transitions drawn from a <see cref="ReplayBuffer"/>, a row each; B rows of n observations and A actions.</summary>
public sealed class ReplayBatch
{
    /// <summary>s [B, n]; where plans have features, the device's own state, which comes before them.</summary>
    public Matrix Observations { get; }

    /// <summary>s' [B, n]</summary>
    public Matrix NextObservations { get; }

    /// <summary>phi(s, .) [B A, K], the plans of a state one after the other, or null where they are part of the observations.</summary>
    public Matrix? Plans { get; }

    /// <summary>phi(s', .) [B A, K], or null.</summary>
    public Matrix? NextPlans { get; }

    /// <summary>phi(s, a) [B, K], or null.</summary>
    public Matrix? TakenPlan { get; }

    /// <summary>[B, A]: 0 where an action of s is valid, <see cref="ActionMask.Forbidden"/> elsewhere and in the padding.</summary>
    public Matrix Forbidden { get; }

    /// <summary>The same of s'.</summary>
    public Matrix NextForbidden { get; }

    /// <summary>Prior logits of s [B, A], or null.</summary>
    public Matrix? Prior { get; }

    /// <summary>Prior logits of s' [B, A], or null.</summary>
    public Matrix? NextPrior { get; }

    /// <summary>Prior logit of a [B, 1], or null.</summary>
    public Matrix? TakenPrior { get; }

    /// <summary>a [B, 1]</summary>
    public Matrix Actions { get; }

    /// <summary>r [B, 1]</summary>
    public Matrix Rewards { get; }

    /// <summary>gamma^k (1 - terminated) [B, 1]</summary>
    public Matrix Discounts { get; }

    /// <summary>1 / log |A(s)| [B, 1]; 0 where there is no choice.</summary>
    public Matrix EntropyShares { get; }

    /// <summary>Fills it with rows of the replay, observations normalised. Keyed by update and stream, so that a checkpoint needs no generator's state.</summary>
    /// <exception cref="ArgumentException">The replay is of another shape.</exception>
    public void Draw(ReplayBuffer replay, RunningNormaliser normaliser, ulong seed, long update, ReplayStream stream = ReplayStream.Learning)
    {
        if (replay.Observations != Observations.Columns + Forbidden.Columns * (TakenPlan?.Columns ?? 0) || replay.Actions != Forbidden.Columns || replay.HasPrior != (Prior is not null))
            throw new ArgumentException("the replay holds other observations, actions or priors than this agent", nameof(replay));
        var rng = Rng.Keyed(seed, (ulong)update, (ulong)stream, RngPurpose.Replay);
        replay.Sample(ref rng, this);
        normaliser.Normalise(Observations);
        normaliser.Normalise(NextObservations);
    }

    /// <param name="observations">n, features of plans not counted.</param>
    /// <param name="features">K, numbers a plan that end an observation and are told apart from the rest; 0: none are.</param>
    public ReplayBatch(int rows, int observations, int actions, bool prior, int features = 0)
    {
        if (features > 0)
            (Plans, NextPlans, TakenPlan) = (Matrix.Zeros(rows * actions, features), Matrix.Zeros(rows * actions, features), Matrix.Zeros(rows, features));
        Observations = Matrix.Zeros(rows, observations);
        NextObservations = Matrix.Zeros(rows, observations);
        Forbidden = Matrix.Zeros(rows, actions);
        NextForbidden = Matrix.Zeros(rows, actions);
        Prior = prior ? Matrix.Zeros(rows, actions) : null;
        NextPrior = prior ? Matrix.Zeros(rows, actions) : null;
        TakenPrior = prior ? Matrix.Zeros(rows, 1) : null;
        (Actions, Rewards, Discounts, EntropyShares) = (Matrix.Zeros(rows, 1), Matrix.Zeros(rows, 1), Matrix.Zeros(rows, 1), Matrix.Zeros(rows, 1));
    }
}

using RlOffload.Agents.Learning;
using RlOffload.Environment;

namespace RlOffload.Agents.Sac;

/// <content>Construction, acting and checkpoints; <c>DiscreteSac.cs</c> holds the update.</content>
public sealed partial class DiscreteSac
{
    private const int Format = 1;
    private readonly float[] _normalised;
    private readonly float[] _logits;

    /// <summary>The policy network: normalised observation [n] to logits [A], before prior and mask. Weights are [in, out], row-major.</summary>
    public Mlp Actor { get; }

    /// <summary>Maps observations to the actor's input. The collector shows it what it sees; frozen for evaluation.</summary>
    public RunningNormaliser Normaliser { get; }

    public int Observations => Actor.Inputs;
    public int Actions => Actor.Outputs;
    public SacOptions Options => _options;

    /// <summary>Updates done.</summary>
    public long Updates { get; private set; }

    public double Alpha => Math.Exp(_logAlpha);

    /// <summary>rho of the next update: linear from start to end.</summary>
    public double EntropyTarget => double.Lerp(
        _options.EntropyTargetStart, _options.EntropyTargetEnd, Math.Min(1.0, (double)Updates / _options.EntropyAnnealUpdates));

    internal Critic FirstCritic => _q1;
    internal Critic SecondCritic => _q2;
    internal ReplayBatch Batch => _batch;
    internal ReadOnlySpan<float> Targets => _targets;
    internal Parameters ActorGradient => _actorHere.Gradient;

    /// <param name="observations">n, the length of an observation.</param>
    /// <param name="actions">A, the length of the action table.</param>
    /// <param name="seed">of the first weights and of the batches drawn.</param>
    public DiscreteSac(int observations, int actions, SacOptions options, ulong seed)
        : this(observations, actions, options, seed, new VectorProduct(Widest(observations, actions, options))) { }

    /// <summary>With other matrix products, such as the scalar yardstick.</summary>
    public DiscreteSac(int observations, int actions, SacOptions options, ulong seed, IMatrixProduct product)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(observations);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(actions);
        _options = options.Validated("options", "sac");
        _seed = seed;
        _logAlpha = Math.Log(options.AlphaStart);
        var rng = Rng.Keyed(seed, 0, 0, RngPurpose.Weights);
        Actor = new Mlp(observations, options.Hidden, actions);
        Actor.Initialise(ref rng, options.ActorOutputScale);
        _q1 = new Critic(observations, actions, options, product, ref rng);
        _q2 = new Critic(observations, actions, options, product, ref rng);
        _actorAdam = new Adam(Actor.Parameters.Flat.Length, options.LearningRateActor, options.AdamEpsilon);
        _actorHere = new MlpPass(Actor, options.Batch, product, backward: true);
        _actorNext = new MlpPass(Actor, options.Batch, product, backward: false);
        Normaliser = new RunningNormaliser(observations, options.ObservationClip);
        _batch = new ReplayBatch(options.Batch, observations, actions, options.UsePrior);
        (_policy, _logPolicy) = (Matrix.Zeros(options.Batch, actions), Matrix.Zeros(options.Batch, actions));
        (_nextPolicy, _nextLogPolicy) = (Matrix.Zeros(options.Batch, actions), Matrix.Zeros(options.Batch, actions));
        (_targets, _entropy, _nextEntropy) = (new float[options.Batch], new float[options.Batch], new float[options.Batch]);
        (_normalised, _logits) = (new float[observations], new float[actions]);
    }

    /// <summary>
    /// Logits of one state: actor plus prior, invalid actions at <see cref="MaskedSoftmax.Forbidden"/> (-1e9, so they can be written as
    /// JSON). Allocates nothing.
    /// </summary>
    public void Logits(ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask, Span<float> logits, ReadOnlySpan<float> prior = default)
    {
        if (observation.Length != Observations || mask.Length != Actions || prior.Length != (_options.UsePrior ? Actions : 0))
            throw new ArgumentException(
                $"needs {Observations} observations, {Actions} actions and {(_options.UsePrior ? "as many" : "no")} priors; "
                + $"got {observation.Length}, {mask.Length} and {prior.Length}");
        Normaliser.Normalise(observation, _normalised);
        Actor.Forward(_normalised, logits);
        for (var a = 0; a < mask.Length; a++)
            logits[a] = mask[a] ? logits[a] + (prior.IsEmpty ? 0f : prior[a]) : MaskedSoftmax.Forbidden;
    }

    /// <summary>
    /// A valid action: the one with the highest logit (the first of equals), or one drawn from the policy with one number of
    /// <paramref name="rng"/>. Allocates nothing.
    /// </summary>
    public int Act(ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask, ref Rng rng, bool greedy, ReadOnlySpan<float> prior = default)
    {
        Logits(observation, mask, _logits, prior);
        var best = mask.IndexOf(true);
        if (best < 0)
            throw new ArgumentException("no action is valid", nameof(mask));
        for (var a = best + 1; a < mask.Length; a++)
            if (mask[a] && _logits[a] > _logits[best])
                best = a;
        return greedy ? best : Draw(mask, _logits[best], rng.NextDouble());
    }

    /// <summary>The action at which the policy's cumulative probability passes <paramref name="u"/>.</summary>
    private int Draw(ReadOnlySpan<bool> mask, float highest, double u)
    {
        var total = 0.0;
        for (var a = 0; a < mask.Length; a++)
            total += mask[a] ? MathF.Exp(_logits[a] - highest) : 0;
        var (left, last) = (u * total, -1);
        for (var a = 0; a < mask.Length; a++)
        {
            if (!mask[a])
                continue;
            last = a;
            left -= MathF.Exp(_logits[a] - highest);
            if (left < 0)
                break;
        }
        return last;
    }

    /// <summary>Writes everything an update reads, so that a loaded agent continues bit for bit.</summary>
    public void Save(BinaryWriter writer)
    {
        foreach (var header in (ReadOnlySpan<int>)[Format, Observations, Actions, _options.Hidden.Count, .. _options.Hidden])
            writer.Write(header);
        writer.Write(_seed);
        writer.Write(Updates);
        writer.Write(_logAlpha);
        Normaliser.Save(writer);
        writer.WriteFloats(Actor.Parameters.Flat);
        _actorAdam.Save(writer);
        _q1.Save(writer);
        _q2.Save(writer);
    }

    /// <summary>Reads what <see cref="Save"/> wrote; <paramref name="file"/> is named in the error where it does not fit.</summary>
    public void Load(BinaryReader reader, string file = "checkpoint")
    {
        reader.Guard(file, "agent", () =>
        {
            reader.Expect(file, "agent.format", Format);
            reader.Expect(file, "agent.observations", Observations);
            reader.Expect(file, "agent.actions", Actions);
            reader.Expect(file, "agent.hidden.length", _options.Hidden.Count);
            foreach (var width in _options.Hidden)
                reader.Expect(file, "agent.hidden", width);
            _seed = reader.ReadUInt64();
            Updates = reader.ReadInt64();
            _logAlpha = reader.ReadDouble();
            Normaliser.Load(reader);
            reader.ReadFloats(Actor.Parameters.Flat);
            _actorAdam.Load(reader);
            _q1.Load(reader);
            _q2.Load(reader);
        });
    }

    private static int Widest(int observations, int actions, SacOptions options) =>
        Math.Max(Math.Max(observations, actions), options.Hidden.Count == 0 ? 1 : options.Hidden.Max());
}

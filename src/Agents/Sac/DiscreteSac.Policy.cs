using RlOffload.Agents.Engine;
using RlOffload.Agents.Learning;
using RlOffload.Agents.Pricing;
using RlOffload.Agents.Replay;
using RlOffload.Environment;
using RlOffload.Onnx;

namespace RlOffload.Agents.Sac;

/// <content>Construction, acting and checkpoints; <c>DiscreteSac.cs</c> holds the update.</content>
public sealed partial class DiscreteSac
{
    private const int Format = 2;
    private readonly float[] _normalised;
    private readonly float[] _logits;
    private readonly float[] _prices;

    /// <summary>
    /// The policy network: normalised observation [n] to logits [A], before prior and mask; with <see cref="PlanKnowledge.Features"/> normalised own state to prices of
    /// the plans' features [K]. Weights are [in, out], row-major.
    /// </summary>
    public Mlp Actor { get; }

    /// <summary>Maps observations to the actor's input. The collector shows it what it sees; frozen for evaluation.</summary>
    public RunningNormaliser Normaliser { get; }

    public int Observations { get; }
    public int Actions { get; }

    /// <summary>K, numbers a plan that the networks price; 0 where they know plans by their place.</summary>
    private int Features => _options.Plans == PlanKnowledge.Features ? PlanFeatures.Count : 0;

    public SacOptions Options => _options;
    public double Gamma => _options.Gamma;
    internal bool UsesPrior => _options.PriorWeight > 0;
    public IReadOnlyList<string> Measures { get; } = ["critic_loss", "actor_loss", "alpha", "entropy", "mean_q"];

    /// <summary>Updates done.</summary>
    public long Updates { get; private set; }

    public double Alpha => Math.Exp(_networks.LogAlpha[0].Row(0)[0]);

    /// <summary>rho of the next update: linear from start to end.</summary>
    public double EntropyTarget => double.Lerp(
        _options.EntropyTargetStart, _options.EntropyTargetEnd, Math.Min(1.0, (double)Updates / _options.EntropyAnnealUpdates));

    internal SacNetworks Networks => _networks;
    internal ReplayBatch Batch => _batch;
    internal Graph Graph => _update.Graph;
    internal SacUpdate Terms => _update;
    internal IEngine Engine => _engine;
    internal Lesson<SacUpdate>? Lesson => _lesson;

    /// <param name="observations">n, the length of an observation.</param>
    /// <param name="actions">A, the length of the action table.</param>
    /// <param name="seed">of the first weights and of the batches drawn.</param>
    /// <param name="engine">What runs the updates; null for the built-in executor on one thread.</param>
    /// <param name="keepGradients">Keeps the gradients of an update readable, for those who check them.</param>
    public DiscreteSac(int observations, int actions, SacOptions options, ulong seed, Func<Graph, IEngine>? engine = null, bool keepGradients = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(observations);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(actions);
        _options = options.Validated("options", "sac");
        (_seed, Observations, Actions) = (seed, observations, actions);
        var (inputs, outputs) = Features == 0 ? (observations, actions) : (observations - actions * Features, Features);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputs, nameof(observations));
        var rng = Rng.Keyed(seed, 0, 0, RngPurpose.Weights);
        Actor = new Mlp(inputs, options.Hidden, outputs);
        Actor.Initialise(ref rng, options.ActorOutputScale);
        var critics = new Critic[2];
        for (var i = 0; i < critics.Length; i++)
        {
            var online = new Mlp(inputs, options.Hidden, outputs);
            online.Initialise(ref rng);
            critics[i] = Critic.Of(online, options);
        }
        var logAlpha = new Parameters([("log_alpha", 1, 1)]);
        logAlpha[0].Row(0)[0] = (float)Math.Log(options.AlphaStart);
        _networks = new SacNetworks(Actor, new Adam(Actor.Parameters, options.LearningRateActor, options.AdamEpsilon), critics,
            logAlpha, new Adam(logAlpha, options.LearningRateAlpha, options.AdamEpsilon), Matrix.Zeros(1, 1));
        Normaliser = new RunningNormaliser(inputs, options.ObservationClip);
        _batch = new ReplayBatch(options.Batch, inputs, actions, UsesPrior, Features);
        _update = new SacUpdate(_networks, _batch, options, keepGradients);
        _engines = engine ?? (graph => new Executor(graph));
        _engine = _engines(_update.Graph);
        (_normalised, _logits, _prices) = (new float[inputs], new float[actions], new float[Features]);
    }

    /// <summary>
    /// Logits of one state: actor plus prior, invalid actions at <see cref="ActionMask.Forbidden"/> (-1e9, so they can be written as
    /// JSON). Allocates nothing.
    /// </summary>
    public void Logits(ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask, Span<float> logits, ReadOnlySpan<float> prior = default)
    {
        Require(observation, mask, prior);
        Forward(observation, logits);
        for (var a = 0; a < mask.Length; a++)
            logits[a] = mask[a] ? logits[a] + (prior.IsEmpty ? 0f : prior[a]) : ActionMask.Forbidden;
    }

    /// <summary>
    /// A valid action: the one with the highest logit (the first of equals), or one drawn from the policy with one number of
    /// <paramref name="rng"/>. Allocates nothing.
    /// </summary>
    public int Act(ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask, ref Rng rng, bool greedy, ReadOnlySpan<float> prior = default)
    {
        Require(observation, mask, prior);
        Forward(observation, _logits);
        for (var a = 0; a < prior.Length; a++)
            _logits[a] += prior[a];
        return greedy ? Categorical.Best(_logits, mask) : Categorical.Draw(_logits, mask, rng.NextDouble());
    }

    /// <summary>Logits of the actor alone.</summary>
    private void Forward(ReadOnlySpan<float> observation, Span<float> logits)
    {
        Normaliser.Normalise(observation, _normalised);
        if (Features == 0)
        {
            Actor.Forward(_normalised, logits);
            return;
        }
        Actor.Forward(_normalised, _prices);
        for (var a = 0; a < logits.Length; a++)
            logits[a] = PlanPricing.Dot(_prices, observation.Slice(Actor.Inputs + a * Features, Features));
    }

    private void Require(ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask, ReadOnlySpan<float> prior)
    {
        if (observation.Length != Observations || mask.Length != Actions || prior.Length != (UsesPrior ? Actions : 0))
            throw new ArgumentException(
                $"needs {Observations} observations, {Actions} actions and {(UsesPrior ? "as many" : "no")} priors; "
                + $"got {observation.Length}, {mask.Length} and {prior.Length}");
    }

    public int Explore(ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask, ReadOnlySpan<float> prior, ref Rng rng) =>
        Act(observation, mask, ref rng, greedy: false, prior);

    void IReplayLearner.Logits(ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask, ReadOnlySpan<float> prior, Span<float> logits) =>
        Logits(observation, mask, logits, prior);

    public OnnxModel Lower() => Features == 0 ? PolicyGraph.Of(Actor, Normaliser, UsesPrior) : PricingGraph.Of(Actor, Normaliser, Actions, start: null);

    /// <summary>Writes everything an update reads, so that a loaded agent continues bit for bit.</summary>
    public void Save(BinaryWriter writer)
    {
        foreach (var header in (ReadOnlySpan<int>)[Format, Actor.Inputs, Actor.Outputs, _options.Hidden.Count, .. _options.Hidden])
            writer.Write(header);
        writer.Write(_seed);
        writer.Write(Updates);
        _networks.LogAlpha.Save(writer);
        _networks.AlphaAdam.Save(writer);
        Normaliser.Save(writer);
        Actor.Parameters.Save(writer);
        _networks.ActorAdam.Save(writer);
        foreach (var critic in _networks.Critics)
            critic.Save(writer);
    }

    /// <summary>Reads what <see cref="Save"/> wrote; <paramref name="file"/> is named in the error where it does not fit.</summary>
    public void Load(BinaryReader reader, string file = "checkpoint")
    {
        reader.Guard(file, "agent", () =>
        {
            reader.Expect(file, "agent.format", Format);
            reader.Expect(file, "agent.observations", Actor.Inputs);
            reader.Expect(file, "agent.actions", Actor.Outputs);
            reader.Expect(file, "agent.hidden.length", _options.Hidden.Count);
            foreach (var width in _options.Hidden)
                reader.Expect(file, "agent.hidden", width);
            _seed = reader.ReadUInt64();
            Updates = reader.ReadInt64();
            _networks.LogAlpha.Load(reader);
            _networks.AlphaAdam.Load(reader);
            Normaliser.Load(reader);
            Actor.Parameters.Load(reader);
            _networks.ActorAdam.Load(reader);
            foreach (var critic in _networks.Critics)
                critic.Load(reader);
        });
    }

    public void Dispose()
    {
        _engine.Dispose();
        _lesson?.Engine.Dispose();
    }
}

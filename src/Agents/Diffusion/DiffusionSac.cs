using RlOffload.Agents.Engine;
using RlOffload.Agents.Learning;
using RlOffload.Agents.Replay;
using RlOffload.Environment;
using RlOffload.Onnx;

namespace RlOffload.Agents.Diffusion;

/// <summary>
/// D2SAC: soft actor-critic whose policy is the end of a short diffusion chain over the plans' logits. <see cref="DiffusionUpdate"/> is the mathematics of an
/// update. It explores with fresh noise, as published; what it deploys starts the chain at zero and adds none, so that it is a function of what is observed.
/// </summary>
public sealed class DiffusionSac : IReplayLearner, IDisposable
{
    private const int Format = 1;
    private readonly DiffusionOptions _options;
    private readonly DiffusionNetworks _networks;
    private readonly ReplayBatch _batch;
    private readonly DiffusionUpdate _update;
    private readonly IEngine _engine;
    private readonly Func<Graph, IEngine> _engines;
    private Lesson<DiffusionUpdate>? _lesson;
    private readonly DiffusionActor _actor;
    private ulong _seed;

    /// <param name="observations">n, the length of an observation.</param>
    /// <param name="actions">A, the length of the action table.</param>
    /// <param name="seed">Of the first weights, the batches drawn and the noise.</param>
    /// <param name="engine">What runs the updates; null for the built-in executor on one thread.</param>
    /// <param name="keepGradients">Keeps the gradients of an update readable, for those who check them.</param>
    public DiffusionSac(int observations, int actions, DiffusionOptions options, ulong seed, Func<Graph, IEngine>? engine = null, bool keepGradients = false)
    {
        (_options, _seed) = (options.Validated("options", "d2sac"), seed);
        var rng = Rng.Keyed(seed, 0, 0, RngPurpose.Weights);
        NoiseNetwork actor = new(observations, actions, options), slowActor = new(observations, actions, options);
        actor.Initialise(ref rng);
        actor.Parameters.Flat.CopyTo(slowActor.Parameters.Flat);
        Mlp[] critics = [Critic(), Critic()], slow = [Critic(), Critic()];
        for (var i = 0; i < 2; i++)
        {
            critics[i].Initialise(ref rng);
            critics[i].Parameters.Flat.CopyTo(slow[i].Parameters.Flat);
        }
        _networks = new DiffusionNetworks(actor, slowActor, new Adam(actor.Parameters, options.LearningRateActor, options.AdamEpsilon), critics, slow,
            [.. critics.Select(c => new Adam(c.Parameters, options.LearningRateCritic, options.AdamEpsilon))]);
        Normaliser = new RunningNormaliser(observations, options.ObservationClip);
        _batch = new ReplayBatch(options.Batch, observations, actions, prior: options.PriorWeight > 0);
        _update = new DiffusionUpdate(_networks, _batch, options, keepGradients);
        _engines = engine ?? (graph => new Executor(graph));
        _engine = _engines(_update.Graph);
        _actor = new DiffusionActor(actor, Normaliser, options);

        Mlp Critic() => new(observations, [options.Hidden, options.Hidden], actions);
    }

    public RunningNormaliser Normaliser { get; }
    public double Gamma => _options.Gamma;
    public IReadOnlyList<string> Measures { get; } = ["critic_loss", "actor_loss", "entropy", "mean_q"];
    public DiffusionOptions Options => _options;
    public int Observations => _networks.Actor.Observations;
    public int Actions => _networks.Actor.Actions;

    /// <summary>Updates done.</summary>
    public long Updates { get; private set; }

    internal DiffusionNetworks Networks => _networks;
    internal DiffusionUpdate Terms => _update;
    internal ReplayBatch Batch => _batch;
    internal IEngine Engine => _engine;
    internal Lesson<DiffusionUpdate>? Lesson => _lesson;

    /// <summary>Logits of one state without noise, invalid actions at <see cref="ActionMask.Forbidden"/>. Allocates nothing.</summary>
    public void Logits(ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask, ReadOnlySpan<float> prior, Span<float> logits) =>
        _actor.Logits(observation, mask, prior, logits);

    /// <summary>The valid action of the highest logit of the chain without noise. Allocates nothing.</summary>
    public int Act(ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask, ReadOnlySpan<float> prior = default) => _actor.Greedy(observation, mask, prior);

    public int Explore(ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask, ReadOnlySpan<float> prior, ref Rng rng) =>
        _actor.Draw(observation, mask, prior, ref rng);

    public OnnxModel Lower() => OnnxLowering.Of(DiffusionActor.Deployed(_networks.Actor, Normaliser, _options), "policy", frozen: true);

    public void Update(ReplayBuffer replay, Span<double> measures)
    {
        _batch.Draw(replay, Normaliser, _seed, Updates);
        UpdateAgain();
        Report(_update, _engine, measures);
    }

    /// <summary>An update on the batch that was drawn last, with fresh noise: what a benchmark times.</summary>
    public void UpdateAgain()
    {
        Run(_update, _engine, Updates, 0);
        Updates++;
    }

    public void Imitate(ReplayBuffer replay, ReplayBuffer taught, long number, Span<double> measures)
    {
        var lesson = _lesson ??= NewLesson();
        _batch.Draw(replay, Normaliser, _seed, number, ReplayStream.Imitating);
        lesson.Taught.Draw(taught, Normaliser, _seed, number);
        Run(lesson.Update, lesson.Engine, number, lesson.Update.Noise.Length);
        Report(lesson.Update, lesson.Engine, measures);
    }

    private Lesson<DiffusionUpdate> NewLesson()
    {
        var taught = new TaughtBatch(_options.Batch, Observations, Actions, _options.PriorWeight > 0);
        var update = new DiffusionUpdate(_networks, _batch, _options, keepGradients: false, taught);
        return new(taught, update, _engines(update.Graph));
    }

    /// <param name="stream">Of its first noise; each noise has a stream of its own.</param>
    private void Run(DiffusionUpdate update, IEngine engine, long number, int stream)
    {
        for (var i = 0; i < update.Noise.Length; i++)
            GaussianNoise.Fill(update.Noise[i], Rng.Keyed(_seed, (ulong)number, (ulong)(stream + i), RngPurpose.Noise));
        _networks.ActorAdam.Advance();
        foreach (var adam in _networks.CriticAdams)
            adam.Advance();
        engine.Run();
        _actor.Forget();
    }

    private static void Report(DiffusionUpdate u, IEngine engine, Span<double> measures)
    {
        float Number(Tensor output) => engine.Read(output).Row(0)[0];
        (measures[0], measures[1], measures[2], measures[3]) = (Number(u.CriticLoss), Number(u.ActorLoss), Number(u.Entropy), Number(u.MeanQ));
    }

    public void Save(BinaryWriter writer)
    {
        foreach (var header in (ReadOnlySpan<int>)[Format, Observations, Actions, _options.Hidden, _options.Steps])
            writer.Write(header);
        writer.Write(_seed);
        writer.Write(Updates);
        Normaliser.Save(writer);
        foreach (var parameters in All())
            parameters.Save(writer);
        foreach (var adam in (ReadOnlySpan<Adam>)[_networks.ActorAdam, .. _networks.CriticAdams])
            adam.Save(writer);
    }

    public void Load(BinaryReader reader, string file) => reader.Guard(file, "agent", () =>
    {
        reader.Expect(file, "agent.format", Format);
        reader.Expect(file, "agent.observations", Observations);
        reader.Expect(file, "agent.actions", Actions);
        reader.Expect(file, "agent.hidden", _options.Hidden);
        reader.Expect(file, "agent.steps", _options.Steps);
        _seed = reader.ReadUInt64();
        Updates = reader.ReadInt64();
        Normaliser.Load(reader);
        foreach (var parameters in All())
            parameters.Load(reader);
        foreach (var adam in (ReadOnlySpan<Adam>)[_networks.ActorAdam, .. _networks.CriticAdams])
            adam.Load(reader);
        _actor.Forget();
    });

    public void Dispose()
    {
        _engine.Dispose();
        _lesson?.Engine.Dispose();
        _actor.Dispose();
    }

    private Parameters[] All() =>
        [_networks.Actor.Parameters, _networks.SlowActor.Parameters, .. _networks.Critics.Concat(_networks.SlowCritics).Select(c => c.Parameters)];
}

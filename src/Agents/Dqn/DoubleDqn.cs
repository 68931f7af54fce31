using RlOffload.Agents.Engine;
using RlOffload.Agents.Learning;
using RlOffload.Agents.Replay;
using RlOffload.Environment;
using RlOffload.Onnx;

namespace RlOffload.Agents.Dqn;

/// <summary>Masked double DQN: one network of values, epsilon-greedy. <see cref="DqnUpdate"/> is the mathematics of an update.</summary>
public sealed class DoubleDqn : IReplayLearner, IDisposable
{
    private const int Format = 1;
    private readonly DqnOptions _options;
    private readonly Mlp _target;
    private readonly Adam _adam;
    private readonly ReplayBatch _batch;
    private readonly DqnUpdate _update;
    private readonly IEngine _engine;
    private readonly Func<Graph, IEngine> _engines;
    private Lesson<DqnUpdate>? _lesson;
    private readonly float[] _normalised, _values;
    private ulong _seed;

    /// <param name="observations">n, the length of an observation.</param>
    /// <param name="actions">A, the length of the action table.</param>
    /// <param name="seed">Of the first weights and of the batches drawn.</param>
    /// <param name="engine">What runs the updates; null for the built-in executor on one thread.</param>
    /// <param name="keepGradients">Keeps the gradients of an update readable, for those who check them.</param>
    public DoubleDqn(int observations, int actions, DqnOptions options, ulong seed, Func<Graph, IEngine>? engine = null, bool keepGradients = false)
    {
        (_options, _seed) = (options.Validated("options", "dqn"), seed);
        var rng = Rng.Keyed(seed, 0, 0, RngPurpose.Weights);
        (Network, _target) = (new Mlp(observations, options.Hidden, actions), new Mlp(observations, options.Hidden, actions));
        Network.Initialise(ref rng);
        Network.Parameters.Flat.CopyTo(_target.Parameters.Flat);
        _adam = new Adam(Network.Parameters, options.LearningRate, options.AdamEpsilon);
        Normaliser = new RunningNormaliser(observations, options.ObservationClip);
        _batch = new ReplayBatch(options.Batch, observations, actions, UsesPrior);
        _update = new DqnUpdate(Network, _target, _adam, _batch, options, keepGradients);
        _engines = engine ?? (graph => new Executor(graph));
        _engine = _engines(_update.Graph);
        (_normalised, _values) = (new float[observations], new float[actions]);
    }

    /// <summary>Normalised observation [n] to Q(s, .) [A].</summary>
    public Mlp Network { get; }

    public RunningNormaliser Normaliser { get; }
    public DqnOptions Options => _options;
    public double Gamma => _options.Gamma;
    public int Actions => Network.Outputs;
    private bool UsesPrior => _options.PriorWeight > 0;
    public IReadOnlyList<string> Measures { get; } = ["loss", "exploration", "mean_q"];

    /// <summary>Updates done.</summary>
    public long Updates { get; private set; }

    /// <summary>Share of decisions drawn uniformly now.</summary>
    public double Exploration => double.Lerp(_options.ExplorationStart, _options.ExplorationEnd, Math.Min(1.0, (double)Updates / _options.ExplorationUpdates));

    internal Mlp Target => _target;
    internal Adam Adam => _adam;
    internal DqnUpdate Terms => _update;
    internal ReplayBatch Batch => _batch;
    internal IEngine Engine => _engine;
    internal Lesson<DqnUpdate>? Lesson => _lesson;

    public void Logits(ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask, ReadOnlySpan<float> prior, Span<float> values)
    {
        Normaliser.Normalise(observation, _normalised);
        Network.Forward(_normalised, values);
        for (var a = 0; a < mask.Length; a++)
            values[a] = mask[a] ? values[a] + (prior.IsEmpty ? 0 : prior[a]) : ActionMask.Forbidden;
    }

    public OnnxModel Lower() => PolicyGraph.Of(Network, Normaliser, UsesPrior);

    /// <summary>The valid action of the highest value. Allocates nothing.</summary>
    public int Act(ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask, ReadOnlySpan<float> prior = default)
    {
        Logits(observation, mask, prior, _values);
        return Categorical.Best(_values, mask);
    }

    public int Explore(ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask, ReadOnlySpan<float> prior, ref Rng rng)
    {
        if (rng.NextDouble() >= Exploration)
            return Act(observation, mask, prior);
        var left = rng.NextInt(mask.Count(true));
        var a = mask.IndexOf(true);
        while (left > 0)
            if (mask[++a])
                left--;
        return a;
    }

    public void Update(ReplayBuffer replay, Span<double> measures)
    {
        _batch.Draw(replay, Normaliser, _seed, Updates);
        measures[1] = Exploration;
        UpdateAgain();
        (measures[0], measures[2]) = (_engine.Read(_update.Loss).Row(0)[0], _engine.Read(_update.MeanQ).Row(0)[0]);
    }

    /// <summary>An update on the batch that was drawn last: what a benchmark times.</summary>
    public void UpdateAgain()
    {
        _adam.Advance();
        _engine.Run();
        Updates++;
    }

    public void Imitate(ReplayBuffer replay, ReplayBuffer taught, long number, Span<double> measures)
    {
        var lesson = _lesson ??= NewLesson();
        _batch.Draw(replay, Normaliser, _seed, number, ReplayStream.Imitating);
        lesson.Taught.Draw(taught, Normaliser, _seed, number);
        _adam.Advance();
        lesson.Engine.Run();
        measures[1] = Exploration;
        (measures[0], measures[2]) = (lesson.Engine.Read(lesson.Update.Loss).Row(0)[0], lesson.Engine.Read(lesson.Update.MeanQ).Row(0)[0]);
    }

    private Lesson<DqnUpdate> NewLesson()
    {
        var taught = new TaughtBatch(_options.Batch, Network.Inputs, Actions, UsesPrior);
        var update = new DqnUpdate(Network, _target, _adam, _batch, _options, keepGradients: false, taught);
        return new(taught, update, _engines(update.Graph));
    }

    public void Save(BinaryWriter writer)
    {
        foreach (var header in (ReadOnlySpan<int>)[Format, Network.Inputs, Network.Outputs, _options.Hidden.Count, .. _options.Hidden])
            writer.Write(header);
        writer.Write(_seed);
        writer.Write(Updates);
        Normaliser.Save(writer);
        Network.Parameters.Save(writer);
        _target.Parameters.Save(writer);
        _adam.Save(writer);
    }

    public void Load(BinaryReader reader, string file) => reader.Guard(file, "agent", () =>
    {
        reader.Expect(file, "agent.format", Format);
        reader.Expect(file, "agent.observations", Network.Inputs);
        reader.Expect(file, "agent.actions", Network.Outputs);
        reader.Expect(file, "agent.hidden.length", _options.Hidden.Count);
        foreach (var width in _options.Hidden)
            reader.Expect(file, "agent.hidden", width);
        _seed = reader.ReadUInt64();
        Updates = reader.ReadInt64();
        Normaliser.Load(reader);
        Network.Parameters.Load(reader);
        _target.Parameters.Load(reader);
        _adam.Load(reader);
    });

    public void Dispose()
    {
        _engine.Dispose();
        _lesson?.Engine.Dispose();
    }
}

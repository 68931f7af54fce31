using RlOffload.Agents.Engine;
using RlOffload.Agents.Learning;
using RlOffload.Agents.Replay;
using RlOffload.Environment;

namespace RlOffload.Agents.Sac;

/// <summary>
/// Masked discrete soft actor-critic. <see cref="SacUpdate"/> is the mathematics of an update; this holds what it works on and runs it. The same seed and
/// replay give the same bits.
/// </summary>
public sealed partial class DiscreteSac : IReplayLearner, IDisposable
{
    private readonly SacOptions _options;
    private readonly SacNetworks _networks;
    private readonly ReplayBatch _batch;
    private readonly SacUpdate _update;
    private readonly IEngine _engine;
    private readonly Func<Graph, IEngine> _engines;
    private Lesson<SacUpdate>? _lesson;
    private ulong _seed;

    /// <summary>One update: draws a batch, steps critics, actor and temperature. Allocates nothing with the built-in engine.</summary>
    public SacMetrics Update(ReplayBuffer replay)
    {
        _batch.Draw(replay, Normaliser, _seed, Updates);
        return UpdateAgain();
    }

    /// <summary>An update on the batch that was drawn last: what a benchmark times.</summary>
    public SacMetrics UpdateAgain()
    {
        var alpha = Alpha;
        _networks.Rho.Row(0)[0] = (float)EntropyTarget;
        _networks.ActorAdam.Advance();
        foreach (var critic in _networks.Critics)
            critic.Adam.Advance();
        _networks.AlphaAdam.Advance();
        _engine.Run();
        Updates++;
        return new SacMetrics(Number(_update.CriticLoss), Number(_update.ActorLoss), alpha, Number(_update.Entropy), Number(_update.MeanQ));
    }

    void IReplayLearner.Update(ReplayBuffer replay, Span<double> measures)
    {
        var m = Update(replay);
        (measures[0], measures[1], measures[2], measures[3], measures[4]) = (m.CriticLoss, m.ActorLoss, m.Alpha, m.NormalisedEntropy, m.MeanQ);
    }

    /// <inheritdoc cref="IReplayLearner.Imitate"/>
    public void Imitate(ReplayBuffer replay, ReplayBuffer taught, long number, Span<double> measures)
    {
        var lesson = _lesson ??= NewLesson();
        _batch.Draw(replay, Normaliser, _seed, number, ReplayStream.Imitating);
        lesson.Taught.Draw(taught, Normaliser, _seed, number);
        _networks.ActorAdam.Advance();
        foreach (var critic in _networks.Critics)
            critic.Adam.Advance();
        lesson.Engine.Run();
        var u = lesson.Update;
        (measures[0], measures[1], measures[2], measures[3], measures[4]) = (Number(u.CriticLoss, lesson.Engine), Number(u.ActorLoss, lesson.Engine), Alpha,
            Number(u.Entropy, lesson.Engine), Number(u.MeanQ, lesson.Engine));
    }

    private Lesson<SacUpdate> NewLesson()
    {
        var taught = new TaughtBatch(_options.Batch, Actor.Inputs, Actions, UsesPrior, Features);
        var update = new SacUpdate(_networks, _batch, _options, keepGradients: false, taught);
        return new(taught, update, _engines(update.Graph));
    }

    private float Number(Tensor output) => Number(output, _engine);

    private static float Number(Tensor output, IEngine engine) => engine.Read(output).Row(0)[0];
}

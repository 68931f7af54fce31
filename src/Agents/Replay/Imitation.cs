using RlOffload.Agents.Engine;
using RlOffload.Agents.Learning;
using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Agents.Replay;

/// <summary>Whether a learner begins by imitating a planner, and what that may take.</summary>
/// <param name="Planner">One of <see cref="Planners"/>, or the best of them on the tuning windows, or nobody.</param>
/// <param name="Decisions">Decisions that the planner is asked about.</param>
/// <param name="Updates">Updates towards its answers, spread over those decisions.</param>
public sealed record ImitationOptions(string Planner = ImitationOptions.Nobody, int Decisions = 12_000, int Updates = 4_000)
{
    public const string Nobody = "none", BestPlanner = "best";

    /// <summary>Planners that can be imitated: those that see no more than a device does and are hard to beat.</summary>
    public static IReadOnlyList<string> Planners { get; } = ["priced", "probe-rule", "mpc"];

    /// <summary>All that <see cref="Planner"/> may be.</summary>
    public static IReadOnlyList<string> Names { get; } = [Nobody, .. Planners, BestPlanner];

    internal void Check(OptionProblems problems)
    {
        problems.Require(Names.Contains(Planner), "imitate", Planner, string.Join(", ", Names));
        problems.Require(Decisions >= 1, "imitate_decisions", Decisions, "at least 1");
        problems.Require(Updates >= 1, "imitate_updates", Updates, "at least 1");
    }
}

/// <summary>
/// The first part of a training, for every learner from transitions: a planner says what it would do in each state that is visited, and the learner is fitted to
/// that. After a uniform beginning (as without a planner) the planner also acts at first, then more and more the learner, so that it is told about the states that it gets itself into (DAgger: S. Ross, G.
/// Gordon, D. Bagnell, AISTATS 2011). What decisions led to stays in the replay, so that values are learned meanwhile and the true return takes over.
/// </summary>
public sealed class Imitation
{
    /// <summary>Share of the decisions that neither makes, so that values of other plans are learned too.</summary>
    private const double Explore = 0.1;

    private readonly ImitationOptions _options;
    private readonly AgentView _view;
    private readonly IPolicy[] _planners;
    private readonly ReplayBuffer _taught;
    private readonly float[] _logits;
    private readonly int _uniform;
    private long _updates;

    private Imitation(AgentSetup setup, ImitationOptions options, bool prior)
    {
        (_options, _view, _uniform) = (options, setup.View, setup.StartSteps);
        var planners = setup.Planners();
        var name = options.Planner == ImitationOptions.BestPlanner ? setup.BestPlanner(ImitationOptions.Planners, planners) : options.Planner;
        _planners = [.. Enumerable.Range(0, setup.Lanes).Select(_ => PlannerCatalogue.Create(name, planners))];
        _taught = new ReplayBuffer(Math.Min(options.Decisions, setup.Steps), _view.Size, _view.Actions, prior);
        _logits = new float[_view.Actions];
    }

    /// <summary>Null where nobody is imitated.</summary>
    /// <param name="prior">Whether the learner has a planner beneath it too.</param>
    public static Imitation? Of(AgentSetup setup, ImitationOptions options, bool prior) =>
        options.Planner == ImitationOptions.Nobody ? null : new(setup, options, prior);

    public void Begin(OffloadEnvironment environment, int lane) => _planners[lane].Begin(environment.Window);

    /// <summary>Whether the decision number <paramref name="step"/> is one that the planner is asked about.</summary>
    public bool Covers(int step) => step < _options.Decisions;

    /// <summary>Takes down what the planner would do, and decides.</summary>
    public int Choose(in Moment moment, IReplayLearner learner, ReadOnlySpan<float> prior, ref Rng rng)
    {
        var world = moment.Environment;
        var taught = _view.Plans.IndexOf(_planners[moment.Lane].Decide(world.Observation, world.Mask));
        var known = taught >= 0 && moment.Mask[taught];
        if (known)
            _taught.Add(moment.Observation, moment.Mask, taught, 0, 0, moment.Observation, moment.Mask, terminated: true, prior, prior);
        if (moment.Step < _uniform || rng.NextDouble() < Explore)
            return moment.Uniform(ref rng);
        if (known && rng.NextDouble() * _options.Decisions >= moment.Step)
            return taught;
        learner.Logits(moment.Observation, moment.Mask, prior, _logits);
        return Categorical.Best(_logits, moment.Mask);
    }

    /// <summary>As many updates as are due.</summary>
    /// <param name="step">Decisions made.</param>
    /// <returns>Whether the imitation goes on; where not, the learner learns from the true return.</returns>
    public bool Learn(int step, IReplayLearner learner, ReplayBuffer replay, Span<double> measures)
    {
        var due = (long)_options.Updates * Math.Min(step, _options.Decisions) / _options.Decisions;
        while (_updates < due && _taught.Count > 0 && replay.Count > 0)
            learner.Imitate(replay, _taught, _updates++, measures);
        return Covers(step);
    }

    /// <summary>What was taught is of no use once all updates are done.</summary>
    public void Save(BinaryWriter writer)
    {
        writer.Write(_updates);
        if (_updates < _options.Updates)
            _taught.Save(writer);
    }

    public void Load(BinaryReader reader, string file)
    {
        _updates = reader.ReadInt64();
        if (_updates < _options.Updates)
            _taught.Load(reader, file);
    }
}

/// <summary>States drawn from what a planner taught.</summary>
/// <inheritdoc cref="ReplayBatch(int, int, int, bool, int)"/>
internal sealed class TaughtBatch(int rows, int observations, int actions, bool prior, int features = 0)
{
    public ReplayBatch States { get; } = new(rows, observations, actions, prior, features);

    /// <summary>[B, A]: 1 at the planner's choice a*, else 0.</summary>
    public Matrix Chosen { get; } = Matrix.Zeros(rows, actions);

    public void Draw(ReplayBuffer taught, RunningNormaliser normaliser, ulong seed, long update)
    {
        States.Draw(taught, normaliser, seed, update, ReplayStream.Taught);
        Chosen.Span.Clear();
        for (var b = 0; b < Chosen.Rows; b++)
            Chosen.Row(b)[(int)States.Actions.Row(b)[0]] = 1;
    }
}

/// <summary>What a learner imitates with: a variant of its update, in which the policy is fitted to what was taught and values are learned as ever.</summary>
internal sealed record Lesson<TUpdate>(TaughtBatch Taught, TUpdate Update, IEngine Engine);

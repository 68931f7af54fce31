using RlOffload.Agents.Engine;
using RlOffload.Environment;

namespace RlOffload.Agents.Replay;

/// <summary>
/// A learner with its replay: explores at first uniformly, or as a planner plays if it starts from one, then as the learner does; learns from transitions. It may
/// begin by imitating a planner.
/// </summary>
public sealed class ReplayAgent : IAgent
{
    private readonly AgentSetup _setup;
    private readonly IReplayLearner _learner;
    private readonly PlannerStart? _start;
    private readonly ReplayBuffer _replay;
    private readonly float[][] _priors;
    private readonly Imitation? _imitation;
    private int _step;

    /// <param name="imitation">Null where nobody is imitated.</param>
    public ReplayAgent(AgentSetup setup, ReplayPolicy policy, Imitation? imitation = null)
    {
        _imitation = imitation;
        (_setup, Policy, _learner, _start) = (setup, policy, policy.Learner, policy.Start);
        _replay = new ReplayBuffer(Math.Min(setup.ReplayCapacity, setup.Steps), setup.View.Size, setup.View.Actions, _start is not null,
            setup.Budgets is null ? 0 : BudgetKeeper.Charges);
        _priors = [.. Enumerable.Range(0, setup.Lanes).Select(_ => new float[_start is null ? 0 : (setup.View.Model.Scenario.Requests + 1) * setup.View.Actions])];
    }

    /// <summary>The agent of these options.</summary>
    /// <param name="another">Makes a learner of the seed's first weights, whose updates run on an engine of the kind given; null where it will only decide.</param>
    /// <param name="priorWeight">Of the planner beneath it; 0 for none.</param>
    /// <param name="imitate">Whom it imitates first.</param>
    public static ReplayAgent Of(AgentSetup setup, Func<Func<Graph, IEngine>?, IReplayLearner> another, double priorWeight, ImitationOptions imitate) =>
        new(setup, new ReplayPolicy(another(setup.Engine), PlannerStart.Of(setup, priorWeight, tune: true), () => another(null)), Imitation.Of(setup, imitate, priorWeight > 0));

    public IReplayLearner Learner => _learner;
    public ILearnedPolicy Policy { get; }
    public double Gamma => _learner.Gamma;
    public IReadOnlyList<string> Measures => _learner.Measures;

    public void Begin(OffloadEnvironment environment, int lane) => _imitation?.Begin(environment, lane);

    public void Observe(in Moment moment)
    {
        _learner.Normaliser.Observe(moment.Observation);
        _start?.Write(moment.Environment.Observation, Prior(moment.Lane, moment.Request));
    }

    public int Choose(in Moment moment, ref Rng rng)
    {
        _step = moment.Step + 1;
        var prior = Prior(moment.Lane, moment.Request);
        if (_imitation?.Covers(moment.Step) == true)
            return _imitation.Choose(moment, _learner, prior, ref rng);
        return moment.Step < _setup.StartSteps && _start is null && _imitation is null
            ? moment.Uniform(ref rng) : _learner.Explore(moment.Observation, moment.Mask, prior, ref rng);
    }

    public void Remember(in Transition t) => _replay.Add(t.Observation, t.Mask, t.Action, t.Reward, t.Discount, t.NextObservation, t.NextMask,
        terminated: false, Prior(t.Lane, t.Request), Prior(t.Lane, t.NextRequest), t.Charges);

    public void Learn(Span<double> measures)
    {
        _setup.Budgets?.Multipliers.CopyTo(_replay.Multipliers);
        if (_imitation?.Learn(_step, _learner, _replay, measures) != true)
            _learner.Update(_replay, measures);
    }

    public void End(int lane, double reward, Costs costs, Span<double> measures) { }

    public void Save(BinaryWriter writer)
    {
        Policy.Save(writer);
        _replay.Save(writer);
        _imitation?.Save(writer);
    }

    public void Load(BinaryReader reader, string file)
    {
        Policy.Load(reader, file);
        _replay.Load(reader, file);
        _imitation?.Load(reader, file);
    }

    /// <summary>The planner's scores at a request of the present window; empty without a planner.</summary>
    private Span<float> Prior(int lane, int request) => _start is null ? default : _priors[lane].AsSpan(request * _setup.View.Actions, _setup.View.Actions);
}

using RlOffload.Environment;

namespace RlOffload.Agents.Replay;

/// <summary>A learner with its replay: explores uniformly at first, then as the learner does, and learns from transitions.</summary>
public sealed class ReplayAgent : IAgent
{
    private readonly AgentSetup _setup;
    private readonly IReplayLearner _learner;
    private readonly ReplayBuffer _replay;

    /// <param name="policy">What is deployed of the learner.</param>
    public ReplayAgent(AgentSetup setup, IReplayLearner learner, Func<IReplayLearner, ILearnedPolicy> policy)
    {
        (_setup, _learner, Policy) = (setup, learner, policy(learner));
        _replay = new ReplayBuffer(Math.Min(setup.ReplayCapacity, setup.Steps), setup.View.Size, setup.View.Actions, learner.UsesPrior,
            setup.Budgets is null ? 0 : BudgetKeeper.Charges);
    }

    public ILearnedPolicy Policy { get; }
    public IReplayLearner Learner => _learner;
    public double Gamma => _learner.Gamma;
    public IReadOnlyList<string> Measures => _learner.Measures;

    public void Begin(OffloadEnvironment environment, int lane) { }

    public void Observe(in Moment moment) => _learner.Normaliser.Observe(moment.Observation);

    public int Choose(in Moment moment, ref Rng rng) => moment.Step < _setup.StartSteps
        ? moment.Uniform(ref rng) : _learner.Explore(moment.Observation, moment.Mask, default, ref rng);

    public void Remember(in Transition t) =>
        _replay.Add(t.Observation, t.Mask, t.Action, t.Reward, t.Discount, t.NextObservation, t.NextMask, terminated: false, charges: t.Charges);

    public void Learn(Span<double> measures)
    {
        _setup.Budgets?.Multipliers.CopyTo(_replay.Multipliers);
        _learner.Update(_replay, measures);
    }

    public void End(int lane, double reward, Costs costs, Span<double> measures) { }

    public void Save(BinaryWriter writer)
    {
        _learner.Save(writer);
        _replay.Save(writer);
    }

    public void Load(BinaryReader reader, string file)
    {
        _learner.Load(reader, file);
        _replay.Load(reader, file);
    }
}

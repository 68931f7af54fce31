using RlOffload.Environment;

namespace RlOffload.Agents.Sac;

/// <summary><see cref="DiscreteSac"/> with its replay: explores uniformly at first, then by its own policy, and learns from transitions.</summary>
public sealed class SacAgent : IAgent
{
    private readonly AgentSetup _setup;
    private readonly ReplayBuffer _replay;

    public SacAgent(AgentSetup setup, SacOptions options)
    {
        _setup = setup;
        Sac = new DiscreteSac(setup.View.Size, setup.View.Actions, options, setup.Seed);
        _replay = new ReplayBuffer(Math.Min(setup.ReplayCapacity, setup.Steps), setup.View.Size, setup.View.Actions, charges: setup.Budgets is null ? 0 : BudgetKeeper.Charges);
        Policy = new SacPolicy(Sac);
    }

    public DiscreteSac Sac { get; }
    public ILearnedPolicy Policy { get; }
    public double Gamma => Sac.Options.Gamma;
    public IReadOnlyList<string> Measures { get; } = ["critic_loss", "actor_loss", "alpha", "entropy", "mean_q"];

    public void Begin(OffloadEnvironment environment, int lane) { }

    public void Observe(in Moment moment) => Sac.Normaliser.Observe(moment.Observation);

    public int Choose(in Moment moment, ref Rng rng) => moment.Step < _setup.StartSteps
        ? moment.Uniform(ref rng) : Sac.Act(moment.Observation, moment.Mask, ref rng, greedy: false);

    public void Remember(in Transition t) =>
        _replay.Add(t.Observation, t.Mask, t.Action, t.Reward, t.Discount, t.NextObservation, t.NextMask, terminated: false, charges: t.Charges);

    public void Learn(Span<double> measures)
    {
        _setup.Budgets?.Multipliers.CopyTo(_replay.Multipliers);
        var m = Sac.Update(_replay);
        (measures[0], measures[1], measures[2], measures[3], measures[4]) = (m.CriticLoss, m.ActorLoss, m.Alpha, m.NormalisedEntropy, m.MeanQ);
    }

    public void End(int lane, double reward, Costs costs, Span<double> measures) { }

    public void Save(BinaryWriter writer)
    {
        Sac.Save(writer);
        _replay.Save(writer);
    }

    public void Load(BinaryReader reader, string file)
    {
        Sac.Load(reader, file);
        _replay.Load(reader, file);
    }
}

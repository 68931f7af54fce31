using RlOffload.Agents.Engine;
using RlOffload.Agents.Replay;
using RlOffload.Environment;

namespace RlOffload.Agents.Dqn;

/// <summary>Options of <see cref="DoubleDqn"/>, the plain reference among the agents.</summary>
public sealed record DqnOptions : IAgentOptions
{
    string IAgentOptions.Name => "dqn";

    /// <summary>Discount per decision; as the other agents.</summary>
    public double Gamma { get; init; } = 0.95;

    /// <summary>Share of the network blended into its target at each update; as the other agents.</summary>
    public double Tau { get; init; } = 0.005;

    public int Batch { get; init; } = 256;

    /// <summary>Widths of the hidden ReLU layers.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [128, 128];

    /// <summary>Adam's rate. 1e-3: the critics of the other agents.</summary>
    public double LearningRate { get; init; } = 1e-3;

    public double AdamEpsilon { get; init; } = 1e-8;

    /// <summary>Errors beyond this weigh linearly; 0 is off. 1: Mnih et al. 2015.</summary>
    public double HuberDelta { get; init; } = 1;

    /// <summary>Share of decisions drawn uniformly at the first update, and from <see cref="ExplorationUpdates"/> on; linear in between.</summary>
    public double ExplorationStart { get; init; } = 1;

    /// <inheritdoc cref="ExplorationStart"/>
    public double ExplorationEnd { get; init; } = 0.05;

    /// <summary>Updates over which exploration falls; about half of a training.</summary>
    public long ExplorationUpdates { get; init; } = 20_000;

    /// <summary>Normalised observations are clipped to +- this.</summary>
    public double ObservationClip { get; init; } = 10;

    /// <summary>
    /// Weight of the scores of the planner 'priced' (rewards) beneath the values; 0 starts from scratch. 1 takes them for what a decision earns, and the network learns what it costs later ones.
    /// </summary>
    public double PriorWeight { get; init; }

    /// <summary>The planner that it imitates before it learns from the true return.</summary>
    public ImitationOptions Imitate { get; init; } = new();

    /// <summary>
    /// While it imitates: by how much the planner's choice has to lead all others in value (T. Hester et al., Deep Q-learning from Demonstrations, AAAI 2018: 0.8 for
    /// rewards of 1; here rewards of plans differ by about a tenth).
    /// </summary>
    public double ImitateMargin { get; init; } = 0.1;

    IAgent IAgentOptions.Create(AgentSetup setup) => ReplayAgent.Of(setup, engine => Learner(setup, engine), PriorWeight, Imitate);

    ILearnedPolicy IAgentOptions.Policy(AgentSetup setup) => new ReplayPolicy(Learner(setup), PlannerStart.Of(setup, PriorWeight, tune: false), () => Learner(setup));

    private DoubleDqn Learner(AgentSetup setup, Func<Graph, IEngine>? engine = null) => new(setup.View.Size, setup.View.Actions, this, setup.Seed, engine);

    /// <summary>Throws <see cref="InputException"/> with every option that is out of range, named <paramref name="file"/>:<paramref name="section"/>.option.</summary>
    public DqnOptions Validated(string file, string section)
    {
        var problems = new OptionProblems(file, section);
        problems.Require(Gamma is >= 0 and < 1, "gamma", Gamma, "0 <= gamma < 1");
        problems.Require(Tau is > 0 and <= 1, "tau", Tau, "0 < tau <= 1");
        problems.Require(Batch is >= 1 and <= 65_536, "batch", Batch, "1 to 65536");
        problems.Require(Hidden.Count is >= 1 and <= 8 && Hidden.All(w => w is >= 1 and <= 4096), "hidden", string.Join(", ", Hidden), "1 to 8 layers of 1 to 4096");
        problems.Require(LearningRate is > 0 and <= 1, "learning_rate", LearningRate, "0 < rate <= 1");
        problems.Require(AdamEpsilon is > 0 and <= 1, "adam_epsilon", AdamEpsilon, "0 < epsilon <= 1");
        problems.Require(HuberDelta is >= 0 and <= 1e6, "huber_delta", HuberDelta, "0 (off) to 1e6");
        problems.Require(ExplorationStart is >= 0 and <= 1, "exploration_start", ExplorationStart, "0 to 1");
        problems.Require(ExplorationEnd is >= 0 and <= 1, "exploration_end", ExplorationEnd, "0 to 1");
        problems.Require(ExplorationUpdates >= 1, "exploration_updates", ExplorationUpdates, "at least 1");
        problems.Require(PriorWeight is >= 0 and <= 1e6, "prior_weight", PriorWeight, "0 (none) to 1e6");
        problems.Require(ObservationClip is > 0 and <= 1e6, "observation_clip", ObservationClip, "0 < clip <= 1e6");
        problems.Require(ImitateMargin is >= 0 and <= 1e3, "imitate_margin", ImitateMargin, "0 to 1000");
        Imitate.Check(problems);
        return problems.Checked(this);
    }
}

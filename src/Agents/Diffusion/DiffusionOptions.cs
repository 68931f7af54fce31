using RlOffload.Agents.Engine;
using RlOffload.Agents.Replay;
using RlOffload.Environment;

namespace RlOffload.Agents.Diffusion;

/// <summary>
/// Options of <see cref="DiffusionSac"/>. Defaults are those of the published code (H. Du et al., D2SAC, IEEE TMC 23(9), 2024, arXiv 2303.13052; Lizonghang/AGOD main.py) unless
/// they say otherwise. It trains on returns of 3 steps there: train.n_step.
/// </summary>
public sealed record DiffusionOptions : IAgentOptions
{
    string IAgentOptions.Name => "d2sac";

    /// <summary>Discount per decision.</summary>
    public double Gamma { get; init; } = 0.95;

    /// <summary>Share of the online networks, the actor's included, that is blended into their targets at each update.</summary>
    public double Tau { get; init; } = 0.005;

    /// <summary>Transitions an update. 512 there; 256 costs half of it and loses nothing that was seen.</summary>
    public int Batch { get; init; } = 256;

    /// <summary>Width of the two hidden Mish layers of noise network and critics. 256 there.</summary>
    public int Hidden { get; init; } = 128;

    /// <summary>T, denoising steps.</summary>
    public int Steps { get; init; } = 5;

    /// <summary>beta_min and beta_max of the variance-preserving schedule.</summary>
    public double BetaMin { get; init; } = 0.1;

    /// <inheritdoc cref="BetaMin"/>
    public double BetaMax { get; init; } = 10;

    /// <summary>
    /// The estimate of x_0 is bounded by +- this at each step; 0 is off, as published, where the first estimate reaches +- 12.5 times the noise and saturates the
    /// softmax. 5: probabilities of 1 to 22,000 can still be told.
    /// </summary>
    public double X0Clip { get; init; } = 5;

    /// <summary>Adam's rate for the actor.</summary>
    public double LearningRateActor { get; init; } = 1e-4;

    /// <summary>Adam's rate for the critics.</summary>
    public double LearningRateCritic { get; init; } = 1e-3;

    public double AdamEpsilon { get; init; } = 1e-8;

    /// <summary>Times the weight is added to its gradient (L2, as torch.optim.Adam does it).</summary>
    public double WeightDecay { get; init; } = 1e-4;

    /// <summary>Temperature, fixed.</summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>Normalised observations are clipped to +- this.</summary>
    public double ObservationClip { get; init; } = 10;

    /// <summary>
    /// Weight of the scores of the planner 'priced' (rewards) beneath the chain's logits; 0 starts from scratch. At 20 a reward of 0.05 more makes a plan e times as likely.
    /// </summary>
    public double PriorWeight { get; init; }

    /// <summary>The planner that it imitates before it learns from the true return.</summary>
    public ImitationOptions Imitate { get; init; } = new();

    IAgent IAgentOptions.Create(AgentSetup setup) => ReplayAgent.Of(setup, engine => Learner(setup, engine), PriorWeight, Imitate);

    ILearnedPolicy IAgentOptions.Policy(AgentSetup setup) => new ReplayPolicy(Learner(setup), PlannerStart.Of(setup, PriorWeight, tune: false), () => Learner(setup));

    private DiffusionSac Learner(AgentSetup setup, Func<Graph, IEngine>? engine = null) => new(setup.View.Size, setup.View.Actions, this, setup.Seed, engine);

    /// <summary>Throws <see cref="InputException"/> with every option that is out of range, named <paramref name="file"/>:<paramref name="section"/>.option.</summary>
    public DiffusionOptions Validated(string file, string section)
    {
        var problems = new OptionProblems(file, section);
        problems.Require(Gamma is >= 0 and < 1, "gamma", Gamma, "0 <= gamma < 1");
        problems.Require(Tau is > 0 and <= 1, "tau", Tau, "0 < tau <= 1");
        problems.Require(Batch is >= 1 and <= 65_536, "batch", Batch, "1 to 65536");
        problems.Require(Hidden is >= 1 and <= 4096, "hidden", Hidden, "1 to 4096");
        problems.Require(Steps is >= 1 and <= 100, "steps", Steps, "1 to 100");
        problems.Require(BetaMin is > 0 and <= 100, "beta_min", BetaMin, "0 < beta_min <= 100");
        problems.Require(BetaMax <= 100 && BetaMax >= BetaMin, "beta_max", BetaMax, "beta_min to 100");
        problems.Require(X0Clip is >= 0 and <= 1e6, "x0_clip", X0Clip, "0 (off) to 1e6");
        problems.Require(LearningRateActor is > 0 and <= 1, "learning_rate_actor", LearningRateActor, "0 < rate <= 1");
        problems.Require(LearningRateCritic is > 0 and <= 1, "learning_rate_critic", LearningRateCritic, "0 < rate <= 1");
        problems.Require(AdamEpsilon is > 0 and <= 1, "adam_epsilon", AdamEpsilon, "0 < epsilon <= 1");
        problems.Require(WeightDecay is >= 0 and <= 1, "weight_decay", WeightDecay, "0 to 1");
        problems.Require(Alpha is >= 0 and <= 100, "alpha", Alpha, "0 to 100");
        problems.Require(PriorWeight is >= 0 and <= 1e6, "prior_weight", PriorWeight, "0 (none) to 1e6");
        problems.Require(ObservationClip is > 0 and <= 1e6, "observation_clip", ObservationClip, "0 < clip <= 1e6");
        Imitate.Check(problems);
        return problems.Checked(this);
    }
}

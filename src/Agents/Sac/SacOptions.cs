using RlOffload.Agents.Engine;
using RlOffload.Agents.Replay;
using RlOffload.Environment;

namespace RlOffload.Agents.Sac;

/// <summary>How the two target critics become one value.</summary>
public enum QBar
{
    /// <summary>(Q1 + Q2) / 2: Zhou et al., "Revisiting Discrete Soft Actor-Critic" (arXiv 2209.10081), against underestimation.</summary>
    Average,

    /// <summary>min(Q1, Q2): Fujimoto et al. 2018 (TD3), Christodoulou 2019 (discrete SAC).</summary>
    Minimum,
}

/// <summary>How the temperature is steered.</summary>
public enum Temperature
{
    /// <summary>log alpha += eta (rho - H / log |A(s)|): plain steps on the share of the entropy that is possible, within bounds; rho falls over time.</summary>
    Normalised,

    /// <summary>Adam on log alpha against alpha (H - rho log |A(s)|), without bounds: Haarnoja et al. 2018b, Christodoulou 2019.</summary>
    Published,
}

/// <summary>How actor and critics know plans.</summary>
public enum PlanKnowledge
{
    /// <summary>By their place in the table: an output each.</summary>
    Index,

    /// <summary>By <see cref="PlanFeatures"/>: the networks price features by the state, f(s, a) = net(s) . phi(s, a), so that they decide for other networks too.</summary>
    Features,
}

/// <summary>Options of <see cref="DiscreteSac"/>. Each default names where it comes from; rates are per update, not per decision.</summary>
public sealed record SacOptions : IAgentOptions
{
    string IAgentOptions.Name => "sac";

    bool IAgentOptions.Transfers => Plans == PlanKnowledge.Features;

    PlanDetail IAgentOptions.Detail => Plans == PlanKnowledge.Features ? PlanDetail.Features : PlanDetail.Reward;

    /// <summary>How actor and critics know plans.</summary>
    public PlanKnowledge Plans { get; init; }

    /// <summary>Discount per decision. The collector applies it: a row of the replay carries gamma^k. 0.95: AGOD (D2SAC), Tianshou's tests.</summary>
    public double Gamma { get; init; } = 0.95;

    /// <summary>Share of the online critic blended into its target at each update. 0.005: Haarnoja et al. 2018, Tianshou, AGOD.</summary>
    public double Tau { get; init; } = 0.005;

    /// <summary>Transitions an update. 256: Haarnoja et al. 2018.</summary>
    public int Batch { get; init; } = 256;

    /// <summary>Widths of the hidden ReLU layers of actor and critics.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [128, 128];

    /// <summary>Adam's rate for the actor. 3e-4: CleanRL sac_atari, SD-SAC.</summary>
    public double LearningRateActor { get; init; } = 3e-4;

    /// <summary>Adam's rate for the critics. 1e-3: Tianshou discrete SAC, AGOD.</summary>
    public double LearningRateCritic { get; init; } = 1e-3;

    /// <summary>Adam's epsilon; losses here are means over states and sums over actions, so torch's 1e-8 does not dominate.</summary>
    public double AdamEpsilon { get; init; } = 1e-8;

    /// <summary>First temperature, for rewards of about 1 a decision.</summary>
    public double AlphaStart { get; init; } = 0.1;

    /// <summary>Step of log alpha along (target - normalised entropy); 0 keeps alpha fixed. Plain steps: Adam would move a scalar at constant speed.</summary>
    public double LearningRateAlpha { get; init; } = 3e-3;

    /// <summary>Bounds of log alpha; without them it runs away where a target cannot be met (rlkit #50: alpha 5.6e8).</summary>
    public double LogAlphaLowest { get; init; } = -12;

    /// <inheritdoc cref="LogAlphaLowest"/>
    public double LogAlphaHighest { get; init; } = 2;

    /// <summary>
    /// Target of the normalised entropy H / log |A(s)| at the first update, in [0, 1]. Half of the maximum: SD-SAC; Christodoulou's
    /// 0.98 is unattainable for a useful policy.
    /// </summary>
    public double EntropyTargetStart { get; init; } = 0.5;

    /// <summary>The target from <see cref="EntropyAnnealUpdates"/> on; linear in between (schedules: emote #186).</summary>
    public double EntropyTargetEnd { get; init; } = 0.05;

    /// <summary>Updates over which the target falls; about 60 % of a training.</summary>
    public long EntropyAnnealUpdates { get; init; } = 20_000;

    /// <summary>How two critics become one value, in the target and in the actor.</summary>
    public QBar QBar { get; init; } = QBar.Average;

    /// <summary>
    /// c of SD-SAC's clipped critic loss, max((Q-y)^2, (Q' + clip(Q-Q', -c, c) - y)^2) per sample; 0 is off. 0.5: SD-SAC, rewards of about 1.
    /// </summary>
    public double QClip { get; init; } = 0.5;

    /// <summary>Errors beyond this weigh linearly (Huber); 0 is off, squared errors throughout. 1: DQN.</summary>
    public double HuberDelta { get; init; } = 1;

    /// <summary>
    /// zeta: weight of alpha H(pi(.|s')) in the critic's target. 0 decouples critic from entropy ("Dissecting Discrete SAC",
    /// arXiv 2509.09838; AGOD does the same); 1 is Christodoulou's soft value.
    /// </summary>
    public double TargetEntropyWeight { get; init; }

    /// <summary>Normalised observations are clipped to +- this. 10: Stable-Baselines3 VecNormalize.</summary>
    public double ObservationClip { get; init; } = 10;

    /// <summary>Scale of the actor's last layer at the start; 0.01 begins near uniform, or near the prior.</summary>
    public double ActorOutputScale { get; init; } = 0.01;

    /// <summary>How alpha is steered.</summary>
    public Temperature Temperature { get; init; } = Temperature.Normalised;

    /// <summary>
    /// sac-d: discrete SAC as published, without what makes it stable here: the smaller of two critics, squared errors, the entropy in the critic's target, the
    /// temperature of Christodoulou (2019) with his target 0.98 log |A|. Rates and Adam's epsilon as in CleanRL's sac_atari. SAC-d (arXiv 2201.02968) names no others.
    /// </summary>
    public static SacOptions Published { get; } = new()
    {
        QBar = QBar.Minimum, QClip = 0, HuberDelta = 0, TargetEntropyWeight = 1, Temperature = Temperature.Published, AlphaStart = 1,
        LearningRateActor = 3e-4, LearningRateCritic = 3e-4, LearningRateAlpha = 3e-4, AdamEpsilon = 1e-4, EntropyTargetStart = 0.98, EntropyTargetEnd = 0.98,
        ActorOutputScale = 1,
    };

    /// <summary>
    /// Weight of the scores of the planner 'priced' (rewards) beneath the actor's logits; 0 starts from scratch. At 20 a reward of 0.05 more makes a plan e times as likely.
    /// </summary>
    public double PriorWeight { get; init; }

    /// <summary>The planner that it imitates before it learns from the true return.</summary>
    public ImitationOptions Imitate { get; init; } = new();

    IAgent IAgentOptions.Create(AgentSetup setup) => ReplayAgent.Of(setup, engine => Learner(setup, engine), PriorWeight, Imitate);

    ILearnedPolicy IAgentOptions.Policy(AgentSetup setup) => new ReplayPolicy(Learner(setup), PlannerStart.Of(setup, PriorWeight, tune: false), () => Learner(setup));

    private DiscreteSac Learner(AgentSetup setup, Func<Graph, IEngine>? engine = null) => new(setup.View.Size, setup.View.Actions, this, setup.Seed, engine);

    /// <summary>Throws <see cref="InputException"/> with every option that is out of range, named <paramref name="file"/>:<paramref name="section"/>.option.</summary>
    public SacOptions Validated(string file, string section)
    {
        var problems = new OptionProblems(file, section);
        problems.Require(Gamma is >= 0 and < 1, "gamma", Gamma, "0 <= gamma < 1");
        problems.Require(Tau is > 0 and <= 1, "tau", Tau, "0 < tau <= 1");
        problems.Require(Batch is >= 1 and <= 65_536, "batch", Batch, "1 to 65536");
        problems.Require(Hidden.Count is >= 1 and <= 8, "hidden", $"{Hidden.Count} layers", "1 to 8 layers");
        foreach (var width in Hidden)
            problems.Require(width is >= 1 and <= 4096, "hidden", width, "1 to 4096 a layer");
        problems.Require(LearningRateActor is > 0 and <= 1, "learning_rate_actor", LearningRateActor, "0 < rate <= 1");
        problems.Require(LearningRateCritic is > 0 and <= 1, "learning_rate_critic", LearningRateCritic, "0 < rate <= 1");
        problems.Require(AdamEpsilon is > 0 and <= 1, "adam_epsilon", AdamEpsilon, "0 < epsilon <= 1");
        problems.Require(LearningRateAlpha is >= 0 and <= 1, "learning_rate_alpha", LearningRateAlpha, "0 <= rate <= 1");
        problems.Require(LogAlphaLowest is >= -50 and <= 50, "log_alpha_lowest", LogAlphaLowest, "-50 to 50");
        problems.Require(LogAlphaHighest <= 50 && LogAlphaHighest >= LogAlphaLowest, "log_alpha_highest", LogAlphaHighest, "log_alpha_lowest to 50");
        problems.Require(
            AlphaStart > 0 && Math.Log(AlphaStart) >= LogAlphaLowest && Math.Log(AlphaStart) <= LogAlphaHighest,
            "alpha_start", AlphaStart, "exp(log_alpha_lowest) to exp(log_alpha_highest)");
        problems.Require(EntropyTargetStart is >= 0 and <= 1, "entropy_target_start", EntropyTargetStart, "0 to 1, a share of log |A(s)|");
        problems.Require(EntropyTargetEnd is >= 0 and <= 1, "entropy_target_end", EntropyTargetEnd, "0 to 1, a share of log |A(s)|");
        problems.Require(EntropyAnnealUpdates >= 1, "entropy_anneal_updates", EntropyAnnealUpdates, "at least 1");
        problems.Require(Enum.IsDefined(QBar), "q_bar", QBar, "average or minimum");
        problems.Require(PriorWeight is >= 0 and <= 1e6, "prior_weight", PriorWeight, "0 (none) to 1e6");
        problems.Require(Enum.IsDefined(Plans), "plans", Plans, "index or features");
        problems.Require(Plans == PlanKnowledge.Index || PriorWeight == 0, "prior_weight", PriorWeight, "0 with plans: features, because the prior's prices are those of one network");
        problems.Require(Enum.IsDefined(Temperature), "temperature", Temperature, "normalised or published");
        problems.Require(Temperature == Temperature.Normalised || LearningRateAlpha > 0, "learning_rate_alpha", LearningRateAlpha, "above 0 with temperature: published");
        problems.Require(QClip is >= 0 and <= 1e6, "q_clip", QClip, "0 (off) to 1e6");
        problems.Require(HuberDelta is >= 0 and <= 1e6, "huber_delta", HuberDelta, "0 (off) to 1e6");
        problems.Require(TargetEntropyWeight is >= 0 and <= 1, "target_entropy_weight", TargetEntropyWeight, "0 to 1");
        problems.Require(ObservationClip is > 0 and <= 1e6, "observation_clip", ObservationClip, "0 < clip <= 1e6");
        problems.Require(ActorOutputScale is > 0 and <= 1, "actor_output_scale", ActorOutputScale, "0 < scale <= 1");
        Imitate.Check(problems);
        return problems.Checked(this);
    }
}

using RlOffload.Agents.Pricing;
using RlOffload.Environment;

namespace RlOffload.Agents.Hindsight;

/// <summary>What a visited state's plans are judged by.</summary>
public enum HindsightLabels
{
    /// <summary>What each plan would have earned with the present policy going on after it, which sees no more than a device does.</summary>
    Rollout,

    /// <summary>Whether one who knows the future would have chosen it. Such a one needs no news of the link, so what is learned never probes.</summary>
    Oracle,
}

/// <summary>Options of <see cref="HindsightAgent"/>.</summary>
public sealed record HindsightOptions : IAgentOptions
{
    /// <summary>Planners that it may begin with; <see cref="BestPlanner"/> is the one of them that earns most on the tuning windows.</summary>
    public static IReadOnlyList<string> Planners { get; } = ["greedy", "priced", "probe-rule", "mpc"];

    public const string BestPlanner = "best";

    string IAgentOptions.Name => "hindsight";

    bool IAgentOptions.Transfers => true;

    PlanDetail IAgentOptions.Detail => PlanDetail.Features;

    public HindsightLabels Labels { get; init; } = HindsightLabels.Rollout;

    /// <summary>The planner that visits states and goes on after each plan in the first round: one of <see cref="Planners"/>, or the best.</summary>
    public string Start { get; init; } = BestPlanner;

    /// <summary>Decisions after a plan that still count: what a plan does to later requests is over when the queues have drained. Measured: 6 to 25 learn alike.</summary>
    public int Horizon { get; init; } = 10;

    /// <summary>Every how many requests a state is labelled; neighbours say nearly the same.</summary>
    public int LabelEvery { get; init; } = 3;

    /// <summary>Plans labelled in a state: those that the network values most, the one that is played and one drawn from the rest.</summary>
    public int Candidates { get; init; } = 10;

    /// <summary>Decisions of a round; then the policy learned so far takes the place of the one that visits and goes on.</summary>
    public int Round { get; init; } = 24_000;

    /// <summary>Share of the decisions that are drawn from all plans, so that states beside the policy's path are visited too.</summary>
    public double Explore { get; init; } = 0.02;

    /// <summary>Widths of the hidden layers of the network that prices the plans' features. Measured: wider ones learn no more and err more.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [32];

    /// <summary>Labelled states an update.</summary>
    public int Batch { get; init; } = 256;

    /// <summary>Adam's rate.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Share of the weights, times the rate, that an update takes off them (Loshchilov and Hutter 2019): it pulls towards the prices of the planner.</summary>
    public double WeightDecay { get; init; } = 1e-2;

    /// <summary>Reward by which a plan must lead to be e times as likely while it is learned.</summary>
    public double Temperature { get; init; } = 0.05;

    /// <summary>Share of the network that is blended into the average at each update; the average plays.</summary>
    public double Tau { get; init; } = 0.005;

    /// <summary>
    /// By how much the value of a plan has to lead that of the plan which the planner 'priced' would take, where the policy is validated and deployed; learning does
    /// without. Values are as large as it takes to tell plans apart at <see cref="Temperature"/>: <see cref="PlannerMargin"/>.
    /// </summary>
    public double Margin { get; init; }

    /// <summary>Normalised observations are clipped to +- this.</summary>
    public double ObservationClip { get; init; } = 5;

    /// <summary>Whether and how long prices are searched by the reward of whole windows beside what the network learns; null for not at all.</summary>
    public RefineOptions? Refine { get; init; }

    IAgent IAgentOptions.Create(AgentSetup setup) => new HindsightAgent(setup, this);

    ILearnedPolicy IAgentOptions.Policy(AgentSetup setup) => Policy(setup.View);

    internal PricingPolicy Policy(AgentView view) => new(Pricing(view), () => Pricing(view), Margin);

    internal PlanPricing Pricing(AgentView view) => new(view, Hidden, ObservationClip, leans: Refine is not null);

    /// <summary>Throws <see cref="InputException"/> with every option that is out of range, named <paramref name="file"/>:<paramref name="section"/>.option.</summary>
    public HindsightOptions Validated(string file, string section)
    {
        var problems = new OptionProblems(file, section);
        problems.Require(Enum.IsDefined(Labels), "labels", Labels, "rollout or oracle");
        problems.Require(Start == BestPlanner || Planners.Contains(Start), "start", Start, $"{BestPlanner}, {string.Join(", ", Planners)}");
        problems.Require(Horizon is >= 1 and <= 1000, "horizon", Horizon, "1 to 1000");
        problems.Require(LabelEvery is >= 1 and <= 1000, "label_every", LabelEvery, "1 to 1000");
        problems.Require(Candidates is >= 3 and <= 1000, "candidates", Candidates, "3 to 1000");
        problems.Require(Round >= 1, "round", Round, "at least 1");
        problems.Require(Explore is >= 0 and <= 1, "explore", Explore, "0 to 1");
        problems.Require(Hidden.Count <= 8, "hidden", $"{Hidden.Count} layers", "0 to 8 layers");
        foreach (var width in Hidden)
            problems.Require(width is >= 1 and <= 4096, "hidden", width, "1 to 4096 a layer");
        problems.Require(Batch is >= 1 and <= 65_536, "batch", Batch, "1 to 65536");
        problems.Require(LearningRate is > 0 and <= 1, "learning_rate", LearningRate, "0 < rate <= 1");
        problems.Require(WeightDecay is >= 0 and <= 1, "weight_decay", WeightDecay, "0 to 1");
        problems.Require(Temperature is > 0 and <= 1e3, "temperature", Temperature, "0 < temperature <= 1000");
        problems.Require(Tau is > 0 and <= 1, "tau", Tau, "0 < tau <= 1");
        problems.Require(ObservationClip is > 0 and <= 1e6, "observation_clip", ObservationClip, "0 < clip <= 1e6");
        problems.Require(Margin is >= 0 and <= 1e6, "margin", Margin, "0 to 1e6");
        problems.Require(Margin == 0 || Refine is null, "margin", Margin, "0 together with refine, whose searches move what the margin is measured in");
        Refine?.Require(problems);
        return problems.Checked(this);
    }
}

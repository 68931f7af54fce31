using RlOffload.Agents;
using RlOffload.Agents.Engine;
using RlOffload.Agents.Sac;
using RlOffload.Environment.Links;

namespace RlOffload.Training;

/// <summary>How long and how often; a run is bounded by steps, never by a clock.</summary>
public sealed record TrainOptions
{
    /// <summary>Decisions to learn from.</summary>
    public int Steps { get; init; } = 60_000;

    /// <summary>Decisions before the first update; learners from transitions draw them uniformly over the allowed plans.</summary>
    public int StartSteps { get; init; } = 2_000;

    /// <summary>Decisions between two updates.</summary>
    public int UpdateEvery { get; init; } = 2;

    /// <summary>Transitions remembered.</summary>
    public int ReplayCapacity { get; init; } = 100_000;

    /// <summary>n: decisions whose rewards a return holds before it trusts a critic. 1: the reward alone; 3: Hessel et al. 2018 (Rainbow).</summary>
    public int NStep { get; init; } = 1;

    /// <summary>Windows played side by side, a step of each in turn.</summary>
    public int Environments { get; init; } = 1;

    /// <summary>Decisions between two checks on validation windows; the policy that did best there is the one that is kept.</summary>
    public int ValidateEvery { get; init; } = 6_000;

    /// <summary>Windows of a check: training links, draws that are never learned from.</summary>
    public int ValidationWindows { get; init; } = 24;

    /// <summary>
    /// How far the links of windows to learn from and to validate on are drawn from those recorded: links that will be met are others, and what is learned should not lean on
    /// the level, the contrast and the tempo of these (domain randomisation, Tobin et al. 2017).
    /// </summary>
    public LinkSpread Randomise { get; init; }

    /// <summary>Seconds between two checkpoints of a run that goes on; what a power cut may cost.</summary>
    public double CheckpointSeconds { get; init; } = 30;

    /// <summary>Whether, after training, the better of agent and planner is what is deployed: <see cref="Evaluation.Guard"/>.</summary>
    public bool Guard { get; init; } = true;

    /// <summary>Whether plans that are likely to miss the deadline are forbidden to the agent, here and where it is deployed: <see cref="RlOffload.Environment.DeadlineShield"/>.</summary>
    public bool Shield { get; init; }

    /// <summary>
    /// Age of what is known of the link, s, from which on a plan of the agent that stays on the device has to probe, here and where it is deployed; null: the agent
    /// decides by itself when to probe. <see cref="RlOffload.Environment.ProbeRule"/>
    /// </summary>
    public double? ProbeAfterSeconds { get; init; }

    /// <summary>Under budgets: gains of the controllers that find the multipliers; null where virtual queues do (<see cref="BudgetKeeper"/>).</summary>
    public PidGains? Pid { get; init; }

    /// <summary>
    /// Settings of the learner that its author tried before these were kept, these included; null where the config does not say. Stated in
    /// every report, because a learner tuned a hundred times against a planner tuned once is no comparison.
    /// </summary>
    public int? TuningTrials { get; init; }

    /// <summary>What runs the updates: one of <see cref="Engines.Names"/>. The built-in one is the fastest on a processor and the same bits everywhere.</summary>
    public string Engine { get; init; } = Engines.BuiltIn;

    /// <summary>To find errors: training ends at the first number of an update that is not finite, named. The built-in engine only.</summary>
    public bool Check { get; init; }

    /// <summary>Which agent learns, and how.</summary>
    public IAgentOptions Agent { get; init; } = new SacOptions();
}

/// <summary>Numbers of windows among the tuning links, so that no draw serves two purposes.</summary>
public static class WindowNumbers
{
    /// <summary>From here on a checkpoint is judged; below, static plan and prices are chosen.</summary>
    public const int Validation = 100_000;

    /// <summary>From here on agent and planners are compared before one is deployed.</summary>
    public const int Guard = 200_000;

    public static int[] From(int first, int count) => [.. Enumerable.Range(first, count)];
}

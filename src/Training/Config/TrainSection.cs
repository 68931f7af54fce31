using RlOffload.Agents;
using RlOffload.Agents.Engine;
using RlOffload.Environment;

namespace RlOffload.Training.Config;

/// <summary>Reads the section train.</summary>
internal static class TrainSection
{
    private const int Most = 1_000_000_000;

    /// <summary>The agents that are built, each with the reader of its section train.NAME.</summary>
    private static readonly IReadOnlyDictionary<string, Func<ConfigSection, IAgentOptions>> Agents = new Dictionary<string, Func<ConfigSection, IAgentOptions>>
    {
        ["sac"] = SacSection.Read,
        ["d2sac"] = DiffusionSection.Read,
        ["dqn"] = DqnSection.Read,
        ["hindsight"] = HindsightSection.Read,
        ["cem"] = CrossEntropySection.Read,
    };

    public static TrainOptions Read(ConfigSection s)
    {
        var d = new TrainOptions();
        var agent = s.OneOf("agent", [.. Agents.Keys], d.Agent.Name);
        var options = new TrainOptions
        {
            Steps = s.Int("steps", 1, Most, d.Steps),
            StartSteps = s.Int("start_steps", 0, Most, d.StartSteps),
            UpdateEvery = s.Int("update_every", 1, Most, d.UpdateEvery),
            ReplayCapacity = s.Int("replay_capacity", 1, 100_000_000, d.ReplayCapacity),
            NStep = s.Int("n_step", 1, 1000, d.NStep),
            Environments = s.Int("environments", 1, 4096, d.Environments),
            ValidateEvery = s.Int("validate_every", 1, Most, d.ValidateEvery),
            ValidationWindows = s.Int("validation_windows", 1, 100_000, d.ValidationWindows),
            Randomise = new(s.Double("randomise_rate", Bounds.Between(0, 5), 0), s.Double("randomise_contrast", Bounds.Between(0, 2), 0), s.Double("randomise_tempo", Bounds.Between(0, 5), 0)),
            CheckpointSeconds = s.Double("checkpoint_s", Bounds.NotNegative, d.CheckpointSeconds),
            Guard = s.Bool("guard", d.Guard),
            Shield = s.Bool("shield", d.Shield),
            ProbeAfterSeconds = s.OptionalDouble("probe_after_s", Bounds.Between(0, Observation.MaxAge)),
            Pid = ReadBudgets(s),
            TuningTrials = s.OptionalInt("tuning_trials", 1, Most),
            Engine = s.OneOf("engine", Engines.Names, d.Engine),
            Check = s.Bool("check", d.Check),
            Agent = ReadAgents(s, agent)[agent],
        };
        if (s.Sound && options.Check && options.Engine != Engines.BuiltIn)
            s.Refuse("check", $"is true, allowed with engine {options.Engine} is false: only {Engines.BuiltIn} can check");
        if (s.Sound && options.StartSteps >= options.Steps)
            s.Refuse("start_steps", $"is {options.StartSteps}, allowed is below steps ({options.Steps}): nothing would be learned");
        return options;
    }

    /// <summary>The section of gains is read too where virtual queues are chosen, so that --set train.budgets=pid is all that changes.</summary>
    private static PidGains? ReadBudgets(ConfigSection s)
    {
        var chosen = s.OneOf("budgets", ["queue", "pid"], "queue") == "pid";
        s.Expect(["pid"]);
        if (!chosen && !s.Has("pid"))
            return null;
        var (section, d) = (s.Section("pid"), new PidGains());
        var gains = new PidGains(section.Double("kp", Bounds.Finite, d.Kp), section.Double("ki", Bounds.Finite, d.Ki), section.Double("kd", Bounds.Finite, d.Kd),
            section.Double("smoothing", Bounds.Finite, d.Smoothing), section.Double("margin", Bounds.Finite, d.Margin));
        gains = OptionCheck.Of(section, gains, gains.Validated);
        return chosen ? gains : null;
    }

    /// <summary>Sections of agents that are not chosen are read too, so that a config may hold several and --set train.agent choose.</summary>
    private static Dictionary<string, IAgentOptions> ReadAgents(ConfigSection s, string chosen)
    {
        s.Expect([.. Agents.Keys]);
        return Agents.Where(a => a.Key == chosen || s.Has(a.Key)).ToDictionary(a => a.Key, a => a.Value(s.Section(a.Key)));
    }
}

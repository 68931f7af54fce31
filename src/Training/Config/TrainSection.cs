using RlOffload.Agents.Sac;
using RlOffload.Environment;

namespace RlOffload.Training.Config;

/// <summary>Reads the section train.</summary>
internal static class TrainSection
{
    private const int Most = 1_000_000_000;

    private enum Agent { Sac }

    public static TrainOptions Read(ConfigSection s)
    {
        var d = new TrainOptions();
        s.OneOf<Agent>("agent", Agent.Sac);
        var options = new TrainOptions
        {
            Steps = s.Int("steps", 1, Most, d.Steps),
            StartSteps = s.Int("start_steps", 0, Most, d.StartSteps),
            UpdateEvery = s.Int("update_every", 1, Most, d.UpdateEvery),
            ReplayCapacity = s.Int("replay_capacity", 1, 100_000_000, d.ReplayCapacity),
            ValidateEvery = s.Int("validate_every", 1, Most, d.ValidateEvery),
            ValidationWindows = s.Int("validation_windows", 1, 100_000, d.ValidationWindows),
            TuningTrials = s.OptionalInt("tuning_trials", 1, Most),
            Sac = ReadSac(s.Section("sac")),
        };
        if (s.Sound && options.StartSteps >= options.Steps)
            s.Refuse("start_steps", $"is {options.StartSteps}, allowed is below steps ({options.Steps}): nothing would be learned");
        return options;
    }

    /// <summary>Every option of <see cref="SacOptions"/> under its name in snake_case; its own check says what is allowed.</summary>
    private static SacOptions ReadSac(ConfigSection s)
    {
        var d = new SacOptions();
        var options = new SacOptions
        {
            Gamma = s.Double("gamma", Bounds.Finite, d.Gamma),
            Tau = s.Double("tau", Bounds.Finite, d.Tau),
            Batch = s.Int("batch", int.MinValue, int.MaxValue, d.Batch),
            Hidden = s.Ints("hidden", 1, 4096, most: 8, d.Hidden),
            LearningRateActor = s.Double("learning_rate_actor", Bounds.Finite, d.LearningRateActor),
            LearningRateCritic = s.Double("learning_rate_critic", Bounds.Finite, d.LearningRateCritic),
            AdamEpsilon = s.Double("adam_epsilon", Bounds.Finite, d.AdamEpsilon),
            AlphaStart = s.Double("alpha_start", Bounds.Finite, d.AlphaStart),
            LearningRateAlpha = s.Double("learning_rate_alpha", Bounds.Finite, d.LearningRateAlpha),
            LogAlphaLowest = s.Double("log_alpha_lowest", Bounds.Finite, d.LogAlphaLowest),
            LogAlphaHighest = s.Double("log_alpha_highest", Bounds.Finite, d.LogAlphaHighest),
            EntropyTargetStart = s.Double("entropy_target_start", Bounds.Finite, d.EntropyTargetStart),
            EntropyTargetEnd = s.Double("entropy_target_end", Bounds.Finite, d.EntropyTargetEnd),
            EntropyAnnealUpdates = s.Long("entropy_anneal_updates", long.MinValue, long.MaxValue, d.EntropyAnnealUpdates),
            QBar = s.OneOf<QBar>("q_bar", d.QBar),
            QClip = s.Double("q_clip", Bounds.Finite, d.QClip),
            HuberDelta = s.Double("huber_delta", Bounds.Finite, d.HuberDelta),
            TargetEntropyWeight = s.Double("target_entropy_weight", Bounds.Finite, d.TargetEntropyWeight),
            ObservationClip = s.Double("observation_clip", Bounds.Finite, d.ObservationClip),
            ActorOutputScale = s.Double("actor_output_scale", Bounds.Finite, d.ActorOutputScale),
            UsePrior = s.Bool("use_prior", d.UsePrior),
        };
        if (options.UsePrior)
            s.Refuse("use_prior", "is true, allowed is false: training gives the agent no prior");
        try
        {
            return options.Validated("", "");
        }
        catch (InputException e)
        {
            foreach (var problem in e.Problems)
            {
                var text = problem.TrimStart(':', '.');
                var colon = text.IndexOf(": ", StringComparison.Ordinal);
                if (!s.IsWrong(text[..colon]))
                    s.Refuse(text[..colon], text[(colon + 2)..]);
            }
            return options;
        }
    }
}

using RlOffload.Agents.Sac;

namespace RlOffload.Training.Config;

/// <summary>Reads the section train.sac: every option of <see cref="SacOptions"/> under its name in snake_case; its own check says what is allowed.</summary>
internal static class SacSection
{
    public static SacOptions Read(ConfigSection s)
    {
        var d = s.OneOf("preset", ["stable", "sac-d"], "stable") == "sac-d" ? SacOptions.Published : new SacOptions();
        var options = new SacOptions
        {
            Plans = s.OneOf<PlanKnowledge>("plans", d.Plans),
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
            Temperature = s.OneOf<Temperature>("temperature", d.Temperature),
            QBar = s.OneOf<QBar>("q_bar", d.QBar),
            QClip = s.Double("q_clip", Bounds.Finite, d.QClip),
            HuberDelta = s.Double("huber_delta", Bounds.Finite, d.HuberDelta),
            TargetEntropyWeight = s.Double("target_entropy_weight", Bounds.Finite, d.TargetEntropyWeight),
            ObservationClip = s.Double("observation_clip", Bounds.Finite, d.ObservationClip),
            ActorOutputScale = s.Double("actor_output_scale", Bounds.Finite, d.ActorOutputScale),
            Imitate = ImitationSection.Read(s, d.Imitate),
            PriorWeight = s.Double("prior_weight", Bounds.Finite, d.PriorWeight),
        };
        return OptionCheck.Of(s, options, options.Validated);
    }
}

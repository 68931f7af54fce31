using RlOffload.Agents.Diffusion;

namespace RlOffload.Training.Config;

/// <summary>Reads the section train.d2sac: every option of <see cref="DiffusionOptions"/> under its name in snake_case; its own check says what is allowed.</summary>
internal static class DiffusionSection
{
    public static DiffusionOptions Read(ConfigSection s)
    {
        var d = new DiffusionOptions();
        var options = new DiffusionOptions
        {
            Gamma = s.Double("gamma", Bounds.Finite, d.Gamma),
            Tau = s.Double("tau", Bounds.Finite, d.Tau),
            Batch = s.Int("batch", int.MinValue, int.MaxValue, d.Batch),
            Hidden = s.Int("hidden", int.MinValue, int.MaxValue, d.Hidden),
            Steps = s.Int("steps", int.MinValue, int.MaxValue, d.Steps),
            BetaMin = s.Double("beta_min", Bounds.Finite, d.BetaMin),
            BetaMax = s.Double("beta_max", Bounds.Finite, d.BetaMax),
            X0Clip = s.Double("x0_clip", Bounds.Finite, d.X0Clip),
            LearningRateActor = s.Double("learning_rate_actor", Bounds.Finite, d.LearningRateActor),
            LearningRateCritic = s.Double("learning_rate_critic", Bounds.Finite, d.LearningRateCritic),
            AdamEpsilon = s.Double("adam_epsilon", Bounds.Finite, d.AdamEpsilon),
            WeightDecay = s.Double("weight_decay", Bounds.Finite, d.WeightDecay),
            Alpha = s.Double("alpha", Bounds.Finite, d.Alpha),
            Imitate = ImitationSection.Read(s, d.Imitate),
            PriorWeight = s.Double("prior_weight", Bounds.Finite, d.PriorWeight),
            ObservationClip = s.Double("observation_clip", Bounds.Finite, d.ObservationClip),
        };
        return OptionCheck.Of(s, options, options.Validated);
    }
}

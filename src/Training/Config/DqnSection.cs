using RlOffload.Agents.Dqn;

namespace RlOffload.Training.Config;

/// <summary>Reads the section train.dqn: every option of <see cref="DqnOptions"/> under its name in snake_case; its own check says what is allowed.</summary>
internal static class DqnSection
{
    public static DqnOptions Read(ConfigSection s)
    {
        var d = new DqnOptions();
        var options = new DqnOptions
        {
            Gamma = s.Double("gamma", Bounds.Finite, d.Gamma),
            Tau = s.Double("tau", Bounds.Finite, d.Tau),
            Batch = s.Int("batch", int.MinValue, int.MaxValue, d.Batch),
            Hidden = s.Ints("hidden", 1, 4096, most: 8, d.Hidden),
            LearningRate = s.Double("learning_rate", Bounds.Finite, d.LearningRate),
            AdamEpsilon = s.Double("adam_epsilon", Bounds.Finite, d.AdamEpsilon),
            HuberDelta = s.Double("huber_delta", Bounds.Finite, d.HuberDelta),
            ExplorationStart = s.Double("exploration_start", Bounds.Finite, d.ExplorationStart),
            ExplorationEnd = s.Double("exploration_end", Bounds.Finite, d.ExplorationEnd),
            ExplorationUpdates = s.Long("exploration_updates", long.MinValue, long.MaxValue, d.ExplorationUpdates),
            ImitateMargin = s.Double("imitate_margin", Bounds.Finite, d.ImitateMargin),
            Imitate = ImitationSection.Read(s, d.Imitate),
            PriorWeight = s.Double("prior_weight", Bounds.Finite, d.PriorWeight),
            ObservationClip = s.Double("observation_clip", Bounds.Finite, d.ObservationClip),
        };
        return OptionCheck.Of(s, options, options.Validated);
    }
}

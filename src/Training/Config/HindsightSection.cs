using RlOffload.Agents.Hindsight;

namespace RlOffload.Training.Config;

/// <summary>Reads the section train.hindsight: every option of <see cref="HindsightOptions"/> under its name in snake_case; its own check says what is allowed.</summary>
internal static class HindsightSection
{
    public static HindsightOptions Read(ConfigSection s)
    {
        var d = new HindsightOptions();
        var options = new HindsightOptions
        {
            Labels = s.OneOf<HindsightLabels>("labels", d.Labels),
            Start = s.OneOf("start", [HindsightOptions.BestPlanner, .. HindsightOptions.Planners], d.Start),
            Horizon = s.Int("horizon", int.MinValue, int.MaxValue, d.Horizon),
            LabelEvery = s.Int("label_every", int.MinValue, int.MaxValue, d.LabelEvery),
            Candidates = s.Int("candidates", int.MinValue, int.MaxValue, d.Candidates),
            Round = s.Int("round", int.MinValue, int.MaxValue, d.Round),
            Explore = s.Double("explore", Bounds.Finite, d.Explore),
            Hidden = s.Ints("hidden", 1, 4096, most: 8, d.Hidden),
            Batch = s.Int("batch", int.MinValue, int.MaxValue, d.Batch),
            LearningRate = s.Double("learning_rate", Bounds.Finite, d.LearningRate),
            WeightDecay = s.Double("weight_decay", Bounds.Finite, d.WeightDecay),
            Temperature = s.Double("temperature", Bounds.Finite, d.Temperature),
            Tau = s.Double("tau", Bounds.Finite, d.Tau),
            Margin = s.Double("margin", Bounds.Finite, d.Margin),
            ObservationClip = s.Double("observation_clip", Bounds.Finite, d.ObservationClip),
            Refine = s.OptionalSection("refine") is { } refine ? Refine(refine) : null,
        };
        return OptionCheck.Of(s, options, options.Validated);
    }

    private static RefineOptions Refine(ConfigSection s)
    {
        var d = new RefineOptions();
        return new RefineOptions
        {
            Before = s.Int("before", 0, int.MaxValue, d.Before),
            After = s.Int("after", 0, int.MaxValue, d.After),
            Search = CrossEntropySection.Options(s),
        };
    }
}

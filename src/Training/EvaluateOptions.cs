using RlOffload.Training.Config;

namespace RlOffload.Training;

/// <summary>How policies are compared.</summary>
/// <param name="Seed">Of the test windows and of the windows on which constants are tuned; apart from the experiment's seed, so that agents trained with
/// different seeds meet the same windows.</param>
/// <param name="Windows">Windows of <see cref="World.Test"/>; 40 or more separate policies that differ by a few hundredths.</param>
/// <param name="TrainingWindows">Windows of <see cref="World.Tuning"/> on which the static plan and all planners' constants are chosen.</param>
/// <param name="OracleWidth">States that the hindsight oracle's beam keeps.</param>
/// <param name="Bootstrap">Resamples behind a confidence interval.</param>
/// <param name="Repeat">Play the stretches of the config's own test traces again, with other arrivals, deadlines and round trips, until there are as many windows.</param>
public sealed record EvaluateOptions(ulong Seed, int Windows, int TrainingWindows, int OracleWidth, int Bootstrap, bool Repeat = false)
{
    internal static EvaluateOptions Read(ConfigSection s) => new(
        s.Seed("seed", 1), s.Int("windows", 1, 100_000, 40), s.Int("training_windows", 1, 100_000, 40), s.Int("oracle_width", 1, 100_000, 32),
        s.Int("bootstrap", 10, 1_000_000, 2_000), s.Bool("repeat", false));
}

/// <param name="MemoryBytes">Edge memory M of the LMOS planners; null: chosen so that 0.1 M lies between 20 and 80 % of the model's memory.</param>
public sealed record LmosOptions(double? MemoryBytes)
{
    internal static LmosOptions Read(ConfigSection s) => new(s.OptionalDouble("memory_mb", Bounds.Positive) * 1e6);
}

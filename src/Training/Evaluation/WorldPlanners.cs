using RlOffload.Agents.Planners;

namespace RlOffload.Training.Evaluation;

/// <summary>What the planners of a world are made from.</summary>
public static class WorldPlanners
{
    /// <summary>Identifies everything that tuned constants and oracle results depend on.</summary>
    internal static string TuningKey(this World world) =>
        $"{CodeIdentity.Plays}|{world.ProfileHash}|{world.FullTable.Hash}|{world.Plans.Hash}|{world.ScenarioHash}|{world.Tuning.Links.Hash}|{world.Tuning.Seed}";

    /// <param name="cache">Folder of tuned constants; null: nothing is remembered.</param>
    /// <param name="courses">The best courses that are known of the windows; null: hindsight searches for itself.</param>
    /// <param name="progress">Told the share of the tuning that is done.</param>
    public static PlannerSetup Planners(this World world, string? cache, int threads, HindsightCourses? courses = null, IProgress<double>? progress = null) => new()
    {
        Model = world.CostModel,
        Candidates = world.Choices,
        Training = () => world.Tuning.Environment(world.CostModel),
        TrainingWindows = WindowNumbers.From(0, world.Experiment.Evaluate.TrainingWindows),
        Seed = world.Experiment.Evaluate.Seed,
        Constants = new TunedConstants(cache, world.TuningKey()),
        Threads = threads,
        LmosMemoryShare = LmosShare(world),
        Courses = courses,
        Progress = progress,
    };

    private static double LmosShare(World world)
    {
        if (world.Experiment.Lmos.MemoryBytes is not { } memory)
            return 0.5;
        var whole = world.Profile.Partitions.Where(p => p.Local).Max(p => p.HeadMemoryBytes);
        return 0.1 * memory / whole;
    }
}

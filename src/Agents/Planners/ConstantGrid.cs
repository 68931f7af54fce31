using RlOffload.Environment;

namespace RlOffload.Agents.Planners;

/// <summary>Tries every point of a small fixed grid of constants on the training windows; the point that earns most, of equals the first, is kept.</summary>
internal static class ConstantGrid
{
    /// <param name="planner">Names the constants in the setup's cache.</param>
    /// <param name="grid">The points to try; each is one trial.</param>
    /// <param name="make">A policy with the constants of a point.</param>
    public static double[] Best(PlannerSetup setup, string planner, IReadOnlyList<double[]> grid, Func<double[], IPolicy> make)
    {
        double[] Search()
        {
            var rewards = new List<double>(grid.Count);
            // As many at once as there are threads, so that progress is seen.
            foreach (var points in grid.Chunk(Math.Max(1, setup.Threads)))
            {
                rewards.AddRange(Rollout.MeanRewards(setup.Training, [.. points.Select(make)], setup.TrainingWindows, setup.Threads));
                setup.Progress?.Report((double)rewards.Count / grid.Count);
            }
            setup.Constants?.Tried(setup.TuningKey(planner), grid.Count);
            return grid[rewards.IndexOf(rewards.Max())];
        }
        return setup.Constants is { } cache
            ? cache.GetOrTune(setup.TuningKey(planner), c => grid.Any(c.SequenceEqual), Search)
            : Search();
    }
}

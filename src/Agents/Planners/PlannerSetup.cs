using System.Security.Cryptography;
using System.Text;
using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>What planners are made from. All of it stems from the training links, also where other links are evaluated.</summary>
public sealed record PlannerSetup
{
    /// <summary>Over the whole plan table: published planners need cuts and widths that pruning leaves out.</summary>
    public required CostModel Model { get; init; }

    /// <summary>Plans, by index, that greedy, priced and static choose from: those that the agent has too.</summary>
    public required IReadOnlyList<int> Candidates { get; init; }

    /// <summary>Makes an environment over the training links with <see cref="Model"/>'s plan table.</summary>
    public required Func<OffloadEnvironment> Training { get; init; }

    public required IReadOnlyList<int> TrainingWindows { get; init; }

    public ulong Seed { get; init; }

    /// <summary>Remembers tuned constants; null: tune every time.</summary>
    public TunedConstants? Constants { get; init; }

    /// <summary>Where whoever plays puts the best courses that are known of the windows; null: hindsight searches for itself.</summary>
    public HindsightCourses? Courses { get; init; }

    /// <summary>LMOS caps edge memory at 0.1 M; this is 0.1 M as a share of what the model needs when it runs locally to its deepest exit.</summary>
    public double LmosMemoryShare { get; init; } = 0.5;

    /// <summary>Threads that tuning may use; the constants do not depend on it.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Told the share of the tuning that is done, 0..1.</summary>
    public IProgress<double>? Progress { get; init; }

    /// <summary>Settings that were tried on the training windows to tune this planner; 0 where nothing is tuned. Known once the planner has been made.</summary>
    /// <param name="planner">Its name, with the width where one was typed.</param>
    public int TuningTrials(string planner) => Constants?.Trials(TuningKey(planner)) ?? 0;

    /// <summary>Identifies what tuning sees of this setup; links and scenario are the business of the cache's own hash.</summary>
    internal string TuningKey(string planner) => planner + "-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{Model.Table.Plans.Hash}|{string.Join(',', Candidates)}|{string.Join(',', TrainingWindows)}")))[..12];
}

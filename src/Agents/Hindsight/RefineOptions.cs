using RlOffload.Agents.CrossEntropy;

namespace RlOffload.Agents.Hindsight;

/// <summary>How prices are searched by the true return of whole windows: <see cref="LeaningSearch"/>.</summary>
public sealed record RefineOptions
{
    /// <summary>Decisions of the search before the first round, which begins with what it found; 0: the first round begins with a planner.</summary>
    public int Before { get; init; } = 40_000;

    /// <summary>Decisions of the search after the last round, round what was learned.</summary>
    public int After { get; init; } = 40_000;

    public CrossEntropyOptions Search { get; init; } = new();

    internal void Require(OptionProblems problems)
    {
        problems.Require(Before >= 0, "refine.before", Before, "at least 0");
        problems.Require(After >= 0, "refine.after", After, "at least 0");
        Search.Require(problems, "refine.");
    }
}

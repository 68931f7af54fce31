using RlOffload.Agents.Planners;

namespace RlOffload.Training.Evaluation;

/// <summary>Which policies stand out where there is no room for all.</summary>
internal static class Telling
{
    public const int Most = 8;

    /// <summary>
    /// What was trained, the planner that is hard to beat, the fixed plan, the best of LMOS, then the best others; diagnostics are no competitors.
    /// In the order given.
    /// </summary>
    /// <param name="byMerit">Names, best first.</param>
    public static IReadOnlyList<string> Of(IReadOnlyList<string> byMerit)
    {
        var names = byMerit.Distinct().Where(n => !Contestants.IsDiagnostic(n)).ToArray();
        var chosen = names.Where(n => !PlannerCatalogue.Knows(n)).Take(3)
            .Concat(names.Where(n => n is "priced" or "static"))
            .Concat(names.Where(n => n.StartsWith("lmos", StringComparison.Ordinal)).Take(1))
            .Concat(names).Distinct().Take(Most).ToHashSet();
        return [.. names.Where(chosen.Contains)];
    }
}

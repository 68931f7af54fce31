using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Inference.Policies;

namespace RlOffload.Training;

/// <summary>Code as its compiler identifies it. What a cache holds was found by some code, and is found anew by any other.</summary>
internal static class CodeIdentity
{
    /// <summary>What plays, plans, tunes and searches.</summary>
    public static string Plays { get; } = Of(typeof(Scenario), typeof(PlannerCatalogue));

    /// <summary>The same with what runs frozen policies and counts results.</summary>
    public static string Counts { get; } = Of(typeof(Scenario), typeof(PlannerCatalogue), typeof(DeployedPolicy), typeof(CodeIdentity));

    private static string Of(params Type[] types) => string.Join('|', types.Select(t => t.Module.ModuleVersionId));
}

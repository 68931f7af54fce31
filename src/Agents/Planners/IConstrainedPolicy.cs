using RlOffload.Environment;

namespace RlOffload.Agents.Planners;

/// <summary>A policy with a constraint of its own that a plan table can make impossible to keep.</summary>
public interface IConstrainedPolicy : IPolicy
{
    /// <summary>By constraint, the decisions since the policy was made that could not keep it. A copy.</summary>
    IReadOnlyDictionary<string, int> Violations { get; }
}

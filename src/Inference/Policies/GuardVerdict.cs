namespace RlOffload.Inference.Policies;

/// <summary>What a guard found before deployment: the better of an agent and the planners that are hard to beat, on windows that chose neither.</summary>
/// <param name="Deploys">Agent or planner, by its name in reports.</param>
/// <param name="Windows">Validation windows they played.</param>
/// <param name="Merits">Mean reward a request of each; under budgets a policy that exceeds one counts as less than any that keeps them.</param>
public sealed record GuardVerdict(string Deploys, int Windows, IReadOnlyDictionary<string, double> Merits);

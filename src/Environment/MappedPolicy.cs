using RlOffload.Environment.Plans;

namespace RlOffload.Environment;

/// <summary>A policy that chooses among the plans of a part table, playing where the whole table is offered.</summary>
public sealed class MappedPolicy(IPolicy policy, PlanMap map) : IPolicy, IDisposable
{
    private readonly bool[] _mask = new bool[map.Count];

    public string Name => policy.Name;

    public void Begin(int window) => policy.Begin(window);

    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        map.Project(mask, _mask);
        return map.ToWhole(policy.Decide(observation, _mask));
    }

    /// <summary>Lets go of what the policy holds: a session of a runtime, where it has one.</summary>
    public void Dispose() => (policy as IDisposable)?.Dispose();
}

using RlOffload.Environment;

namespace RlOffload.Agents.Sac;

/// <summary>A trained actor as a policy: the plan with the highest logit. The agent's action i is plan <c>plans[i]</c> of the environment's table.</summary>
public sealed class SacPolicy : IPolicy
{
    private readonly DiscreteSac _agent;
    private readonly ObservationLayout _layout;
    private readonly int[] _plans;
    private readonly float[] _observation;
    private readonly bool[] _mask;
    private Rng _unused;

    public SacPolicy(string name, DiscreteSac agent, ObservationLayout layout, IReadOnlyList<int> plans)
    {
        (Name, _agent, _layout, _plans) = (name, agent, layout, plans.ToArray());
        _observation = new float[layout.Size];
        _mask = new bool[_plans.Length];
    }

    public string Name { get; }

    public void Begin(int window) { }

    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        _layout.Write(observation, _observation);
        for (var i = 0; i < _plans.Length; i++)
            _mask[i] = mask[_plans[i]];
        return _plans[_agent.Act(_observation, _mask, ref _unused, greedy: true)];
    }
}

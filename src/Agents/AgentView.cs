using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents;

/// <summary>What an agent sees of a request and may answer: the observation as a vector, and its own plans among those of the environment's table.</summary>
public sealed class AgentView
{
    private readonly int[] _plans;
    private readonly DeadlineShield? _shield;
    private readonly ProbeRule? _probing;

    /// <param name="plans">Plans of the model's table that the agent may choose: its action i is plan <c>plans[i]</c>.</param>
    /// <param name="detail">How much it is told of each plan.</param>
    /// <param name="shield">Whether plans that are likely to miss the deadline are forbidden: <see cref="DeadlineShield"/>.</param>
    /// <param name="probeAfter">Age of what is known of the link, s, from which on what stays on the device has to probe: <see cref="ProbeRule"/>; null: never.</param>
    public AgentView(CostModel model, IReadOnlyList<int> plans, PlanDetail detail = PlanDetail.Reward, bool shield = false, double? probeAfter = null)
    {
        (Model, _plans) = (model, [.. plans]);
        Layout = new ObservationLayout(model, _plans, detail);
        _shield = shield ? new DeadlineShield(model, _plans) : null;
        _probing = probeAfter is { } after ? new ProbeRule([.. _plans.Select(p => model.Table.Plans[p])], after) : null;
    }

    public CostModel Model { get; }
    public ObservationLayout Layout { get; }
    public bool IsShielded => _shield is not null;

    /// <summary>Age from which on what stays on the device has to probe, s; null: never.</summary>
    public double? ProbeAfter => _probing?.After;

    public ReadOnlySpan<int> Plans => _plans;

    /// <summary>Length of an observation.</summary>
    public int Size => Layout.Size;

    /// <summary>Number of the agent's plans.</summary>
    public int Actions => _plans.Length;

    /// <param name="mask">Of the environment's table.</param>
    /// <param name="observation">Length <see cref="Size"/>; is filled.</param>
    /// <param name="allowed">Length <see cref="Actions"/>; is filled.</param>
    public void Write(Observation known, ReadOnlySpan<bool> mask, Span<float> observation, Span<bool> allowed)
    {
        Layout.Write(known, observation);
        for (var i = 0; i < _plans.Length; i++)
            allowed[i] = mask[_plans[i]];
        _shield?.Apply(known, allowed);
        _probing?.Apply(known, allowed);
    }
}

using RlOffload.Environment;
using RlOffload.Environment.Oracles;

namespace RlOffload.Agents.Hindsight;

/// <summary>
/// One for the plan that begins the best course of one who knows the window, found by a beam from the state that was visited; nothing for all others
/// (DAgger: Ross, Gordon and Bagnell 2011, with the oracle as expert). News of the link are worth nothing to such a one, so no probe is ever labelled.
/// </summary>
/// <param name="horizon">Requests that a course is planned for.</param>
/// <param name="plans">Plans to choose from, by index in the environment's table.</param>
public sealed class OracleLabels(OffloadEnvironment environment, int horizon, IReadOnlyList<int> plans) : ILabels
{
    /// <summary>States of the beam.</summary>
    private const int Width = 8;

    private readonly HindsightBeam _beam = new(environment, Width, plans);
    private int _best = -1;

    public int Required() => _best = _beam.FirstPlan(environment, horizon);

    public void Write(ReadOnlySpan<int> plans, IPolicy continuation, Span<float> labels, Span<float> charges)
    {
        charges.Clear();
        for (var i = 0; i < plans.Length; i++)
            labels[i] = plans[i] == _best ? 1 : 0;
    }
}

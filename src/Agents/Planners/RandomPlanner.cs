using RlOffload.Environment;

namespace RlOffload.Agents.Planners;

/// <summary>Uniform over all plans that the mask allows; each draw has its own key, so it does not depend on what was drawn before.</summary>
public sealed class RandomPlanner(ulong seed) : IPolicy
{
    private int _window;

    public string Name => "random";

    public void Begin(int window) => _window = window;

    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        var rng = Rng.Keyed(seed, (ulong)_window, (ulong)observation.Request, RngPurpose.Policy);
        var left = rng.NextInt(Math.Max(1, mask.Count(true)));
        for (var plan = 0; plan < mask.Length; plan++)
            if (mask[plan] && left-- == 0)
                return plan;
        return 0;
    }
}

using RlOffload.Environment;

namespace RlOffload.Agents.Planners;

internal static class ForeseenWorld
{
    /// <summary>The world that a diagnostic was shown.</summary>
    /// <exception cref="InvalidOperationException">It was shown none.</exception>
    public static OffloadEnvironment Known(this OffloadEnvironment? world) => world
        ?? throw new InvalidOperationException("a diagnostic decides with foresight; call Foresee after each reset, as Rollout.Begin does");
}

namespace RlOffload.Environment;

/// <summary>
/// Whoever decides: a planner, an agent, a frozen policy. One instance serves one environment at a time. One that learns while it plays is an
/// <see cref="Simulation.IOutcomeSink"/> too and is told of every outcome after the decision in whose time it became known.
/// </summary>
public interface IPolicy
{
    string Name { get; }

    /// <summary>A new window begins; whatever was remembered of the last one is forgotten. <paramref name="window"/> keys random draws.</summary>
    void Begin(int window);

    /// <summary>Index of a plan that <paramref name="mask"/> allows.</summary>
    int Decide(Observation observation, ReadOnlySpan<bool> mask);
}

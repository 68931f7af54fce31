using RlOffload.Environment;
using RlOffload.Environment.Oracles;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>
/// A diagnostic that plays the hindsight oracle's plans. An evaluation gives it the courses that it scores against, those of policies that
/// did better included, so that no policy earns more in any window; where nobody does, it searches by a narrower beam.
/// </summary>
/// <param name="courses">Courses that are known; null: none.</param>
public sealed class HindsightPlanner(CostModel model, IReadOnlyList<int> candidates, HindsightCourses? courses) : IPolicy, IForesight
{
    /// <summary>States that live on in a search of its own.</summary>
    private const int Width = 8;

    private readonly Retreat _retreat = new(model.Table);
    private readonly Dictionary<int, int[]> _found = [];
    private OffloadEnvironment? _world;
    private HindsightBeam? _beam;
    private int[] _course = [];

    public string Name => "hindsight";

    public void Foresee(OffloadEnvironment world)
    {
        if (world != _world)
        {
            (_world, _beam) = (world, null);
            _found.Clear();
        }
        _course = courses?.Of(world.Window) ?? Search(world);
    }

    public void Begin(int window) { }

    /// <exception cref="InvalidOperationException">Nobody has shown it the world.</exception>
    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        _world.Known();
        return _retreat.Unless(_course[observation.Request], mask);
    }

    private int[] Search(OffloadEnvironment world)
    {
        if (_found.TryGetValue(world.Window, out var known))
            return known;
        _beam ??= new HindsightBeam(world, Width, candidates);
        return _found[world.Window] = _beam.Search(world.Window).Plans;
    }
}

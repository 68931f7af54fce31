using RlOffload.Environment;

namespace RlOffload.Agents.Planners;

/// <summary>
/// The optimiser that is imitated: lookahead over the next requests, knowing the training window's link, arrivals and deadlines. Unlike the
/// plans of a whole window's optimum it can be asked in any state, also in those that an imitator's own mistakes lead to.
/// </summary>
internal sealed class ForesightedOptimiser(PlannerSetup setup, StationPrices left) : IPolicy, IForesight
{
    private const int Horizon = 6;

    private readonly LookaheadSearch _search = new(setup.Model, setup.Candidates, Horizon);
    private readonly Retreat _retreat = new(setup.Model.Table);
    private OffloadEnvironment? _world;

    public string Name => "foresighted";

    public void Foresee(OffloadEnvironment world) => _world = world;

    public void Begin(int window) => _search.Forget();

    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        var draw = _world.Known().Draw;
        _search.Link.Know(draw, observation.Now);
        _search.Know(draw, observation);
        return _retreat.Unless(_search.FirstPlan(observation, mask, left, draw.Requests - observation.Request), mask);
    }
}

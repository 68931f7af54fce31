using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>
/// A diagnostic: <see cref="MpcPlanner"/> that knows when the next requests come and by when they are due, and has to guess how the link will
/// be. Its distance to mpc is what knowing the arrivals is worth to a planner; it is no bound. Constants are tuned for it on training windows.
/// </summary>
public sealed class KnowsArrivalsPlanner : IPolicy, IForesight
{
    private static readonly double[] RateShares = [0.5, 0.75, 1], Tails = [0.5, 1];

    /// <summary>Points of the grid that tuning tries.</summary>
    public const int Trials = 6;
    private const int Horizon = 6;

    private readonly LookaheadSearch _search;
    private readonly StationPrices _left;
    private readonly Retreat _retreat;
    private OffloadEnvironment? _world;

    /// <param name="prices">Of a second of device and of uplink; see <see cref="MpcConstants.Tail"/>.</param>
    public KnowsArrivalsPlanner(CostModel model, IReadOnlyList<int> candidates, StationPrices prices, MpcConstants constants)
    {
        Constants = constants;
        _search = new LookaheadSearch(model, candidates, constants.Horizon);
        _left = new StationPrices(constants.Tail * prices.Device, constants.Tail * prices.Uplink);
        _retreat = new Retreat(model.Table);
    }

    public string Name => "knows-arrivals";
    public MpcConstants Constants { get; }

    public static KnowsArrivalsPlanner Tuned(PlannerSetup setup)
    {
        var prices = PricedPlanner.Tuned(setup).Prices;
        KnowsArrivalsPlanner Make(double[] c) => new(setup.Model, setup.Candidates, prices, MpcConstants.Of(c));
        return Make(ConstantGrid.Best(setup, "knows-arrivals",
            [.. from r in RateShares from t in Tails select new[] { Horizon, 1, r, t }], Make));
    }

    public void Foresee(OffloadEnvironment world) => _world = world;

    public void Begin(int window) => _search.Forget();

    /// <exception cref="InvalidOperationException">Nobody has shown it the world.</exception>
    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        var draw = _world.Known().Draw;
        _search.Link.Expect(Constants.RateShare * observation.Rate);
        _search.Know(draw, observation);
        // Beyond the window nothing comes any more: what is left then costs nothing.
        return _retreat.Unless(_search.FirstPlan(observation, mask, _left, draw.Requests - observation.Request), mask);
    }
}

using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>
/// A diagnostic: <see cref="MpcPlanner"/> that knows how the link will be and has to guess when requests come and by when they are due. Its
/// distance to mpc is what knowing the link is worth to a planner; it is no bound. Constants are tuned for it on training windows.
/// </summary>
public sealed class KnowsLinkPlanner : IPolicy, IForesight
{
    private static readonly double[] Crowdings = [1, 2, 3], Tails = [0.5, 1];

    /// <summary>Points of the grid that tuning tries.</summary>
    public const int Trials = 6;
    private const int Horizon = 4;

    private readonly CostModel _model;
    private readonly LookaheadSearch _search;
    private readonly StationPrices _left;
    private readonly Retreat _retreat;
    private OffloadEnvironment? _world;

    /// <param name="prices">Of a second of device and of uplink; see <see cref="MpcConstants.Tail"/>.</param>
    public KnowsLinkPlanner(CostModel model, IReadOnlyList<int> candidates, StationPrices prices, MpcConstants constants)
    {
        (_model, Constants) = (model, constants);
        _search = new LookaheadSearch(model, candidates, constants.Horizon);
        _left = new StationPrices(constants.Tail * prices.Device, constants.Tail * prices.Uplink);
        _retreat = new Retreat(model.Table);
        _search.Deadlines.Fill(model.Scenario.Deadlines.Median);
    }

    public string Name => "knows-link";
    public MpcConstants Constants { get; }

    public static KnowsLinkPlanner Tuned(PlannerSetup setup)
    {
        var prices = PricedPlanner.Tuned(setup).Prices;
        KnowsLinkPlanner Make(double[] c) => new(setup.Model, setup.Candidates, prices, MpcConstants.Of(c));
        return Make(ConstantGrid.Best(setup, "knows-link",
            [.. from c in Crowdings from t in Tails select new[] { Horizon, c, 1, t }], Make));
    }

    public void Foresee(OffloadEnvironment world) => _world = world;

    public void Begin(int window) => _search.Forget();

    /// <exception cref="InvalidOperationException">Nobody has shown it the world.</exception>
    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        _search.Link.Know(_world.Known().Draw, observation.Now);
        ArrivalForecast.Expect(_search.Arrivals, observation, _model.Scenario, Constants.Crowding);
        _search.Deadlines[0] = observation.Deadline;
        return _retreat.Unless(_search.FirstPlan(observation, mask, _left), mask);
    }
}

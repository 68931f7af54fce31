using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <param name="Horizon">Requests planned together, the present one included.</param>
/// <param name="Crowding">Factor on the observed intensity of arrivals: above 1 it plans for a burst.</param>
/// <param name="RateShare">Share of the expected rate that is planned with.</param>
/// <param name="Tail">Share of the tuned prices that is paid for what is left on the stations after the last request.</param>
public readonly record struct MpcConstants(int Horizon, double Crowding, double RateShare, double Tail)
{
    internal static MpcConstants Of(double[] c) => new((int)c[0], c[1], c[2], c[3]);
}

/// <summary>
/// Model-predictive control by certainty equivalence (Bertsekas, "Dynamic Programming and Optimal Control", vol. 1, ch. 6): the next requests
/// are taken to come evenly with the median deadline, the link to stay as it is expected to be; the best course of plans is searched, its
/// first plan played, and all is planned anew at the next request. After the horizon the prices of <see cref="PricedPlanner"/> count.
/// Taking means for certain is too hopeful where requests queue, so two tuned margins lean against it: a denser crowd and a slower link (their
/// form is a guess). The forecast is taken for the truth, so it never probes.
/// </summary>
public sealed class MpcPlanner : IPolicy
{
    private static readonly double[] Horizons = [2, 4], Crowdings = [1, 2, 3], RateShares = [0.75, 1], Tails = [0.5, 1, 1.5];

    /// <summary>Points of the grid that tuning tries.</summary>
    public const int Trials = 36;

    private readonly CostModel _model;
    private readonly LookaheadSearch _search;
    private readonly StationPrices _left;
    private readonly Retreat _retreat;

    /// <param name="prices">Of a second of device and of uplink; see <see cref="MpcConstants.Tail"/>.</param>
    public MpcPlanner(CostModel model, IReadOnlyList<int> candidates, StationPrices prices, MpcConstants constants)
    {
        (_model, Constants) = (model, constants);
        _search = new LookaheadSearch(model, candidates, constants.Horizon);
        _left = new StationPrices(constants.Tail * prices.Device, constants.Tail * prices.Uplink);
        _retreat = new Retreat(model.Table);
        _search.Deadlines.Fill(model.Scenario.Deadlines.Median);
    }

    public string Name => "mpc";
    public MpcConstants Constants { get; }

    public static MpcPlanner Tuned(PlannerSetup setup)
    {
        var prices = PricedPlanner.Tuned(setup).Prices;
        MpcPlanner Make(double[] c) => new(setup.Model, setup.Candidates, prices, MpcConstants.Of(c));
        return Make(ConstantGrid.Best(setup, "mpc",
            [.. from h in Horizons from c in Crowdings from r in RateShares from t in Tails select new[] { h, c, r, t }], Make));
    }

    public void Begin(int window) => _search.Forget();

    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        _search.Link.Expect(Constants.RateShare * observation.Rate);
        ArrivalForecast.Expect(_search.Arrivals, observation, _model.Scenario, Constants.Crowding);
        _search.Deadlines[0] = observation.Deadline;
        return _retreat.Unless(_search.FirstPlan(observation, mask, _left), mask);
    }
}

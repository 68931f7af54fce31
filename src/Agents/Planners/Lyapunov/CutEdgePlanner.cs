using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <param name="V">Weight of energy against the queues, s^2 a joule: the higher, the less energy and the longer the queues.</param>
/// <param name="LatencyTarget">What latency may come to on average, s; null: each request's own deadline.</param>
public readonly record struct CutEdgeOptions(double V, double? LatencyTarget = null);

/// <summary>
/// CutEdge: Lyapunov optimisation of split, clock and transmission rate with virtual queues, so that energy is low while latency keeps a target.
/// Only its abstract was at hand; what follows is a reconstruction. Of all splits p of the deepest exit and all clocks f of the device the pair
/// of least V E + Q_d d + Q_u u + Z T is played: E its energy, d and u the seconds that it adds to device and uplink, whose backlogs are Q_d and Q_u,
/// T its latency, uncapped, and Z(t+1) = max(Z + T - target, 0) a virtual queue. The rate is always the link's: a radio whose power is linear in
/// the rate takes fewer joules a bit, and less time, the faster it sends, so no slower rate is ever better. V is tuned on training windows.
/// It knows no exits and no deadlines that end requests. On a device of one clock it chooses the split alone.
/// </summary>
public sealed class CutEdgePlanner : IPolicy
{
    /// <summary>Points of the grid that tuning tries: steps of 4 about the square of a median deadline a joule of the whole network.</summary>
    public const int Trials = 9;

    private readonly CostModel _model;
    private readonly CutEdgeOptions _options;
    private readonly int[] _plans;
    private readonly Retreat _retreat;

    /// <param name="bits">Width of the numbers sent at a cut.</param>
    public CutEdgePlanner(CostModel model, CutEdgeOptions options, int bits = 32, string name = "cutedge")
    {
        (Name, _model, _options, _retreat) = (name, model, options, new Retreat(model.Table));
        var plans = model.Table.Plans;
        var splits = new SplitChain(model.Table, bits).All;
        var chosen = splits.Select(p => plans[p]).ToHashSet();
        _plans = [.. splits, .. Enumerable.Range(0, plans.Count).Where(p => plans[p].Clock is not null && chosen.Contains(plans[p] with { Clock = null }))];
    }

    public string Name { get; }

    /// <summary>Z: latency that the plans played were expected to take beyond the target, s.</summary>
    public double LatencyDebt { get; private set; }

    public static CutEdgePlanner Tuned(PlannerSetup setup, int bits, string name)
    {
        var (model, chain) = (setup.Model, new SplitChain(setup.Model.Table, bits));
        var joules = chain.All.Select(p => model.Predict(p, AtLeisure(setup)).Energy).DefaultIfEmpty(0).Max();
        var unit = Math.Pow(model.Scenario.Deadlines.Median, 2) / (joules > 0 ? joules : 1);
        CutEdgePlanner Make(double[] c) => new(model, new(c[0]), bits, name);
        return Make(ConstantGrid.Best(setup, name, [.. Enumerable.Range(-Trials / 2, Trials).Select(k => new[] { unit * Math.Pow(4, k) })], Make));
    }

    public void Begin(int window) => LatencyDebt = 0;

    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        var (best, least, takes) = (-1, double.PositiveInfinity, 0.0);
        foreach (var plan in _plans)
            if (mask[plan] && Cost(plan, observation, out var latency) is var cost && cost < least)
                (best, least, takes) = (plan, cost, latency);
        if (best >= 0)
            LatencyDebt = Math.Max(LatencyDebt + takes - (_options.LatencyTarget ?? observation.Deadline), 0);
        return _retreat.Unless(best, mask);
    }

    /// <summary>V E + Q_d d + Q_u u + Z T.</summary>
    private double Cost(int plan, Observation o, out double latency)
    {
        ref readonly var cost = ref _model.Table[plan];
        var device = cost.DeviceSeconds * o.Slowdown;                                   // d
        var uplink = cost.Bytes * 8 / o.Rate;                                           // u
        var bypasses = device == 0;
        var queued = (o.UplinkBacklogBytes + (bypasses ? 0 : o.PendingBytes)) * 8 / o.Rate;
        var ready = bypasses ? 0 : o.DeviceBacklog + device;
        latency = cost.Bytes > 0 ? Math.Max(ready, queued) + uplink + o.Rtt + cost.ServerSeconds * o.ServerLoad : ready;
        var energy = _model.DeviceEnergy(plan, device) + _model.SendEnergy(uplink, cost.Bytes);
        return _options.V * energy + o.DeviceBacklog * device + (o.UplinkBacklogBytes + o.PendingBytes) * 8 / o.Rate * uplink + LatencyDebt * latency;
    }

    /// <summary>Nothing queued, the expected link, and as much time as anyone wants.</summary>
    private static Observation AtLeisure(PlannerSetup setup) => new()
    {
        Deadline = double.MaxValue,
        Rate = setup.Model.Scenario.Uplink.PriorBitsPerSecond,
        Rtt = setup.Model.Scenario.Uplink.PriorRtt,
        ServerLoad = 1,
        Slowdown = 1,
    };
}

using RlOffload.Environment.Plans;
using RlOffload.Environment.Simulation;

namespace RlOffload.Environment.Oracles;

/// <summary>
/// Plans for all requests of a window and what they are worth: reward, less multipliers times costs where there are budgets. Improved by coordinate
/// ascent: each request in turn gets the plan that is best with all others kept.
/// A change is tried only until the stations are in a state that they were in before it, which is a few requests.
/// </summary>
internal sealed class Course
{
    public const double Least = 1e-9;

    private readonly CostModel _model;
    private readonly WindowDraw _draw;
    private readonly Stations[] _before; // the stations before each request is planned, and after the last
    private readonly ulong[] _future;
    private readonly int[] _candidates, _plans;
    private readonly Costs _multipliers;
    private readonly bool _charges;
    private readonly int _drop;
    private readonly Stations _try;

    /// <param name="candidates">Plans that a request may change to.</param>
    /// <param name="multipliers">What a unit of each cost is taken off the reward.</param>
    public Course(CostModel model, WindowDraw draw, int[] candidates, Costs multipliers = default)
    {
        (_model, _draw, _candidates, _multipliers, _charges) = (model, draw, candidates, multipliers, multipliers != default);
        _before = [.. Enumerable.Range(0, draw.Requests + 1).Select(_ => new Stations(model, draw))];
        _future = new ulong[draw.Requests + 1];
        _plans = new int[draw.Requests];
        _try = new Stations(model, draw);
        _drop = Enumerable.Range(0, model.Count).First(p => IsDrop(model, p));
    }

    public ReadOnlySpan<int> Plans => _plans;

    /// <summary>Whether the device can run the plan at all.</summary>
    public static bool CanRun(CostModel model, int plan) => model.Table.Runnable[plan] || IsDrop(model, plan);

    /// <summary>What the course earns, costs, and is worth.</summary>
    public FoundCourse Found => new(_before[^1].TotalReward, _plans.ToArray(), _before[^1].Costs, Worth(_before[^1]));

    /// <summary>What the course is worth.</summary>
    public double Total => Worth(_before[^1]);

    /// <summary>Reward less the multipliers times the costs.</summary>
    public double Worth(Stations stations) => _charges ? stations.TotalReward - stations.Costs.At(_multipliers) : stations.TotalReward;

    /// <summary>The stations when a request arrives, before it is planned.</summary>
    public Stations Before(int request) => _before[request];

    /// <summary>An empty battery allows nothing but to drop.</summary>
    public bool Allows(Stations stations, int plan) => IsDrop(_model, plan) || stations.BatteryJoules > 0;

    /// <summary>Begins with these plans.</summary>
    public void Take(ReadOnlySpan<int> plans)
    {
        plans.CopyTo(_plans);
        _before[0].Reset();
        _before[0].Advance(_draw.ArrivalTimes[0]);
        _future[0] = _before[0].FutureHash(_charges);
        Replay(0);
    }

    /// <summary>Other plans from request <paramref name="from"/> on, as many as are given.</summary>
    public void Change(int from, ReadOnlySpan<int> plans)
    {
        plans.CopyTo(_plans.AsSpan(from));
        Replay(from);
    }

    /// <summary>Changes single plans as long as that earns more.</summary>
    public void Improve()
    {
        for (var improved = true; improved;)
        {
            improved = false;
            for (var request = 0; request < _plans.Length; request++)
                improved |= Improve(request);
        }
    }

    private bool Improve(int request)
    {
        var (best, most) = (-1, Total + Least);
        foreach (var plan in _candidates)
        {
            if (plan == _plans[request] || !Allows(_before[request], plan))
                continue;
            _try.CopyFrom(_before[request]);
            Play(_try, request, plan);
            var worth = From(_try, request + 1);
            if (worth > most)
                (best, most) = (plan, worth);
        }
        if (best < 0)
            return false;
        _plans[request] = best;
        Replay(request);
        return true;
    }

    /// <summary>What the window is worth if the course is followed from request <paramref name="next"/> on; the stations are used up.</summary>
    public double From(Stations stations, int next)
    {
        for (; next < _plans.Length; next++)
        {
            if (stations.FutureHash(_charges) == _future[next])
                return Worth(stations) - Worth(_before[next]) + Total;
            Play(stations, next, _plans[next]);
        }
        return Worth(stations);
    }

    /// <summary>On to the next arrival; after the last request until all work has ended. A plan that cannot run becomes a drop; returns what ran.</summary>
    public int Play(Stations stations, int request, int plan)
    {
        if (!Allows(stations, plan))
            plan = _drop;
        stations.Accept(request, plan);
        stations.Advance(_draw.ArrivalTimes[request + 1]);
        if (request + 1 == _draw.Requests)
            stations.Drain();
        return plan;
    }

    private void Replay(int from)
    {
        for (var request = from; request < _plans.Length; request++)
        {
            _before[request + 1].CopyFrom(_before[request]);
            _plans[request] = Play(_before[request + 1], request, _plans[request]);
            _future[request + 1] = _before[request + 1].FutureHash(_charges);
        }
    }

    private static bool IsDrop(CostModel model, int plan) => model.Table.Plans[plan] is { Kind: PlanKind.Drop, Probe: false };
}

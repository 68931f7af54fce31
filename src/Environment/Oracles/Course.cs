using RlOffload.Environment.Plans;
using RlOffload.Environment.Simulation;

namespace RlOffload.Environment.Oracles;

/// <summary>
/// Plans for all requests of a window, improved by coordinate ascent: each request in turn gets the plan that is best with all others kept.
/// A change is tried only until the stations are in a state that they were in before it, which is a few requests.
/// </summary>
internal sealed class Course
{
    private const double Least = 1e-9;

    private readonly CostModel _model;
    private readonly WindowDraw _draw;
    private readonly Stations[] _before; // the stations before each request is planned, and after the last
    private readonly ulong[] _future;
    private readonly Stations _try;

    public Course(CostModel model, WindowDraw draw)
    {
        (_model, _draw) = (model, draw);
        _before = [.. Enumerable.Range(0, draw.Requests + 1).Select(_ => new Stations(model, draw))];
        _future = new ulong[draw.Requests + 1];
        _try = new Stations(model, draw);
        // Probing buys knowledge, and one who knows everything needs none.
        Candidates = [.. Enumerable.Range(0, model.Count).Where(p => !model.Table.Plans[p].Probe && (model.Table.Runnable[p] || IsDrop(p)))];
    }

    public int[] Candidates { get; }

    /// <summary>An empty battery allows nothing but to drop.</summary>
    public bool Allows(Stations stations, int plan) => IsDrop(plan) || stations.BatteryJoules > 0;

    /// <summary>Changes <paramref name="plans"/> where that earns more; returns what they earn.</summary>
    public double Improve(int[] plans)
    {
        _before[0].Reset();
        _before[0].Advance(_draw.ArrivalTimes[0]);
        _future[0] = _before[0].FutureHash();
        Replay(0, plans);
        for (var improved = true; improved;)
        {
            improved = false;
            for (var request = 0; request < plans.Length; request++)
                improved |= Improve(request, plans);
        }
        return _before[^1].TotalReward;
    }

    private bool Improve(int request, int[] plans)
    {
        var (best, gain) = (-1, Least);
        foreach (var plan in Candidates)
        {
            if (plan == plans[request] || !Allows(_before[request], plan))
                continue;
            var change = Change(request, plan, plans);
            if (change > gain)
                (best, gain) = (plan, change);
        }
        if (best < 0)
            return false;
        plans[request] = best;
        Replay(request, plans);
        return true;
    }

    /// <summary>What another plan for one request earns more than the course; minus infinity where a later plan could then not run.</summary>
    private double Change(int request, int plan, int[] plans)
    {
        _try.CopyFrom(_before[request]);
        Play(_try, request, plan);
        for (var next = request + 1; next < plans.Length; next++)
        {
            if (_try.FutureHash() == _future[next])
                return _try.TotalReward - _before[next].TotalReward;
            if (!Allows(_try, plans[next]))
                return double.NegativeInfinity;
            Play(_try, next, plans[next]);
        }
        return _try.TotalReward - _before[^1].TotalReward;
    }

    private void Replay(int from, int[] plans)
    {
        for (var request = from; request < plans.Length; request++)
        {
            _before[request + 1].CopyFrom(_before[request]);
            Play(_before[request + 1], request, plans[request]);
            _future[request + 1] = _before[request + 1].FutureHash();
        }
    }

    /// <summary>On to the next arrival; after the last request until all work has ended.</summary>
    private void Play(Stations stations, int request, int plan)
    {
        stations.Accept(request, plan);
        stations.Advance(request + 1 == _draw.Requests ? double.PositiveInfinity : _draw.ArrivalTimes[request + 1]);
    }

    private bool IsDrop(int plan) => _model.Table.Plans[plan] is { Kind: PlanKind.Drop, Probe: false };
}

using RlOffload.Environment.Plans;
using RlOffload.Environment.Simulation;

namespace RlOffload.Environment.Oracles;

/// <summary>
/// Beam search over the plans of a whole window by one that knows everything of it. A state is worth the reward it ends with if nothing
/// more arrived, less a price on the work it leaves to the next request; several prices are tried. States with the same future are one state.
/// The best course is then improved one request at a time until no single change helps.
/// A lower bound of the optimum: a yardstick, not attainable by a device.
/// </summary>
public sealed class HindsightBeam
{
    /// <summary>Reward a second of work left; 0 is myopic, high leaves the stations free for bursts.</summary>
    private static readonly double[] Prices = [0, 0.1, 0.3];

    private readonly WindowDraw _draw;
    private readonly int _width;
    private readonly Course _course;
    private readonly int[] _candidates;
    private readonly Stations _try;
    private readonly Child[] _children;
    private readonly ulong[] _chosen;
    private Stations[] _states, _next;
    private int[][] _plans, _nextPlans;

    /// <param name="environment">The world; its state is not touched.</param>
    public HindsightBeam(OffloadEnvironment environment, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        _draw = environment.Draw.Another();
        _width = width;
        _course = new Course(environment.Model, _draw);
        _candidates = _course.Candidates;
        _children = new Child[width * _candidates.Length];
        _chosen = new ulong[width];
        _try = new Stations(environment.Model, _draw);
        Stations[] states() => [.. Enumerable.Range(0, width).Select(_ => new Stations(environment.Model, _draw))];
        int[][] plans() => [.. Enumerable.Range(0, width).Select(_ => new int[_draw.Requests])];
        (_states, _next, _plans, _nextPlans) = (states(), states(), plans(), plans());
    }

    /// <summary>The best course of plans found for the window, and its reward.</summary>
    public (double Reward, int[] Plans) Search(int window)
    {
        _draw.Draw(window);
        var (best, plans) = (double.NegativeInfinity, Array.Empty<int>());
        foreach (var price in Prices)
        {
            var reward = Search(price);
            if (reward > best)
                (best, plans) = (reward, (int[])_plans[0].Clone());
        }
        return (_course.Improve(plans), plans);
    }

    /// <summary>The course after every single change that helps, and its reward; the course given is not touched.</summary>
    /// <param name="plans">One plan a request of the window.</param>
    public (double Reward, int[] Plans) Improve(int window, ReadOnlySpan<int> plans)
    {
        _draw.Draw(window);
        var course = plans.ToArray();
        return (_course.Improve(course), course);
    }

    private double Search(double price)
    {
        _states[0].Reset();
        _states[0].Advance(_draw.ArrivalTimes[0]);
        var alive = 1;
        for (var request = 0; request < _draw.Requests; request++)
        {
            var found = Expand(request, alive, price);
            // Ties are broken by position, so the search is the same on every machine.
            _children.AsSpan(0, found).Sort();
            alive = 0;
            for (var c = 0; c < found && alive < _width; c++)
            {
                ref readonly var child = ref _children[c];
                if (_chosen.AsSpan(0, alive).Contains(child.Future))
                    continue;
                _chosen[alive] = child.Future;
                _next[alive].CopyFrom(_states[child.State]);
                _next[alive].Accept(request, child.Plan);
                _next[alive].Advance(_draw.ArrivalTimes[request + 1]);
                _plans[child.State].AsSpan(0, request).CopyTo(_nextPlans[alive]);
                _nextPlans[alive++][request] = child.Plan;
            }
            (_states, _next) = (_next, _states);
            (_plans, _nextPlans) = (_nextPlans, _plans);
        }
        _states[0].Advance(double.PositiveInfinity);
        return _states[0].TotalReward;
    }

    /// <summary>Tries every plan in every state; returns how many children there are.</summary>
    private int Expand(int request, int alive, double price)
    {
        var next = _draw.ArrivalTimes[request + 1];
        var last = request + 1 == _draw.Requests;
        var found = 0;
        for (var s = 0; s < alive; s++)
        {
            foreach (var plan in _candidates)
            {
                if (!_course.Allows(_states[s], plan))
                    continue;
                _try.CopyFrom(_states[s]);
                _try.Accept(request, plan);
                _try.Advance(next);
                var future = _try.FutureHash();
                _try.Advance(double.PositiveInfinity);
                var left = last ? 0 : _try.Now - next;
                _children[found++] = new Child(_try.TotalReward - price * left, s, plan, future);
            }
        }
        return found;
    }

    private readonly record struct Child(double Value, int State, int Plan, ulong Future) : IComparable<Child>
    {
        public int CompareTo(Child other) => Value != other.Value ? other.Value.CompareTo(Value)
            : State != other.State ? State.CompareTo(other.State) : Plan.CompareTo(other.Plan);
    }
}

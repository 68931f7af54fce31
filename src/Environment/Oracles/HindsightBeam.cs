using RlOffload.Environment.Plans;
using RlOffload.Environment.Simulation;

namespace RlOffload.Environment.Oracles;

/// <summary>
/// Beam search over the plans of a whole window by one that knows everything of it. A state is worth the reward it ends with if nothing
/// more arrived, less a price on the work it leaves to the next request; several prices are tried and the best course kept.
/// A lower bound of the optimum: a yardstick, not attainable by a device.
/// </summary>
public sealed class HindsightBeam
{
    /// <summary>Reward a second of work left; 0 is myopic, high leaves the stations free for bursts.</summary>
    private static readonly double[] Prices = [0, 0.1, 0.3];

    private readonly OffloadEnvironment _environment;
    private readonly int _width;
    private readonly int[] _candidates;
    private readonly Stations _try, _rest;
    private readonly (double Value, int State, int Plan)[] _children;
    private Stations[] _states, _next;
    private int[][] _course, _nextCourse;

    /// <param name="environment">Draws the windows; its state is not touched.</param>
    public HindsightBeam(OffloadEnvironment environment, int width)
    {
        _environment = environment;
        _width = width;
        var table = environment.Model.Table;
        // Probing buys knowledge, and one who knows everything needs none.
        _candidates = Enumerable.Range(0, table.Count).Where(p => !table.Plans[p].Probe && table.Runnable[p]).ToArray();
        _children = new (double, int, int)[width * _candidates.Length];
        _states = Make(width);
        _next = Make(width);
        (_try, _rest) = (Make(1)[0], Make(1)[0]);
        _course = Enumerable.Range(0, width).Select(_ => new int[environment.Draw.Requests]).ToArray();
        _nextCourse = Enumerable.Range(0, width).Select(_ => new int[environment.Draw.Requests]).ToArray();
    }

    /// <summary>The best course of plans found for the window, and its reward.</summary>
    public (double Reward, int[] Plans) Search(int window)
    {
        _environment.Draw.Draw(window);
        var (best, plans) = (double.NegativeInfinity, Array.Empty<int>());
        foreach (var price in Prices)
        {
            var reward = Search(price);
            if (reward > best)
                (best, plans) = (reward, (int[])_course[0].Clone());
        }
        return (best, plans);
    }

    private double Search(double price)
    {
        var draw = _environment.Draw;
        _states[0].Reset();
        var alive = 1;
        for (var request = 0; request < draw.Requests; request++)
        {
            var arrival = draw.ArrivalTimes[request];
            var last = request + 1 == draw.Requests;
            var found = 0;
            for (var s = 0; s < alive; s++)
            {
                _states[s].Advance(arrival);
                _states[s].Arrive();
                foreach (var plan in _candidates)
                {
                    _try.CopyFrom(_states[s]);
                    _try.Accept(request, plan);
                    _rest.CopyFrom(_try);
                    _rest.Advance(double.PositiveInfinity);
                    var left = last ? 0 : Math.Max(0, _rest.Now - draw.ArrivalTimes[request + 1]);
                    _children[found++] = (_rest.TotalReward - price * left, s, plan);
                }
            }
            // Ties are broken by position, so the search is the same on every machine.
            _children.AsSpan(0, found).Sort(static (a, b) => a.Value != b.Value ? b.Value.CompareTo(a.Value)
                : a.State != b.State ? a.State.CompareTo(b.State) : a.Plan.CompareTo(b.Plan));
            alive = 0;
            for (var c = 0; c < found && alive < _width; c++)
            {
                var (value, state, plan) = _children[c];
                // Children of one state with one value differ in nothing that was worth anything.
                if (c > 0 && value == _children[c - 1].Value && state == _children[c - 1].State)
                    continue;
                _next[alive].CopyFrom(_states[state]);
                _next[alive].Accept(request, plan);
                _course[state].AsSpan(0, request).CopyTo(_nextCourse[alive]);
                _nextCourse[alive++][request] = plan;
            }
            (_states, _next) = (_next, _states);
            (_course, _nextCourse) = (_nextCourse, _course);
        }
        _states[0].Advance(double.PositiveInfinity);
        return _states[0].TotalReward;
    }

    private Stations[] Make(int count) => Enumerable.Range(0, count).Select(_ => new Stations(_environment.Model, _environment.Draw)).ToArray();
}

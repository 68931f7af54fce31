using RlOffload.Environment.Simulation;

namespace RlOffload.Environment.Oracles;

/// <summary>A course of plans, one a request of a window.</summary>
/// <param name="Worth">The reward, less multipliers times <paramref name="Costs"/>.</param>
public readonly record struct FoundCourse(double Reward, int[] Plans, Costs Costs, double Worth);

/// <summary>
/// Beam search over the plans of a whole window by one that knows everything of it. A state is worth the reward it ends with if nothing
/// more arrived, less prices on the work it leaves to the next request; states live on side by side for several prices. A course, found or given, is
/// improved one request at a time, and its stretches are searched anew, each with the rest of the course behind it.
/// A lower bound of the optimum: a yardstick, not attainable by a device. Effort is bounded by counts, never by a clock.
/// </summary>
public sealed class HindsightBeam
{
    /// <summary>Requests of a stretch that is searched anew; the next one begins half of it later.</summary>
    private const int Stretch = 12;

    /// <summary>States that live on in such a search at most, and how often the whole course is gone over.</summary>
    private const int StretchWidth = 12, MostRounds = 3;

    private readonly WindowDraw _draw;
    private readonly Course _course;
    private readonly int[] _candidates;
    private readonly Survivors _wide, _narrow;
    private readonly Stations _try;
    private readonly bool _spends; // joules
    private readonly Child[] _children;
    private Stations[] _states, _next;
    private int[][] _plans, _nextPlans;

    /// <param name="environment">The world; its state is not touched.</param>
    /// <param name="width">States that live on at each request.</param>
    /// <param name="plans">Plans, by index, to choose from; null: all. Probes are left out: they buy knowledge, and one who knows everything needs none.</param>
    /// <param name="multipliers">What a unit of each cost is taken off the reward; none is where there are no budgets.</param>
    public HindsightBeam(OffloadEnvironment environment, int width, IReadOnlyList<int>? plans = null, Costs multipliers = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        var model = environment.Model;
        _draw = environment.Draw.Another();
        _candidates = [.. (plans ?? [.. Enumerable.Range(0, model.Count)]).Where(p => Course.CanRun(model, p) && !model.Table.Plans[p].Probe)];
        _course = new Course(model, _draw, _candidates, multipliers);
        var prices = Price.Of(model.Scenario);
        var tolerance = Price.Tolerance(model.Scenario);
        (_wide, _narrow) = (new Survivors(prices, width, tolerance), new Survivors(prices, Math.Min(width, StretchWidth), tolerance));
        _spends = model.Scenario.Device.Battery is not null;
        _children = new Child[width * _candidates.Length];
        _try = new Stations(model, _draw);
        Stations[] states() => [.. Enumerable.Range(0, width).Select(_ => new Stations(model, _draw))];
        int[][] courses() => [.. Enumerable.Range(0, width).Select(_ => new int[_draw.Requests])];
        (_states, _next, _plans, _nextPlans) = (states(), states(), courses(), courses());
    }

    /// <summary>The best course of plans that the beam finds for the window, no single change of which earns more.</summary>
    public FoundCourse Search(int window)
    {
        _draw.Draw(window);
        _states[0].Reset();
        _states[0].Advance(_draw.ArrivalTimes[0]);
        Run(0, _draw.Requests, _wide);
        _course.Take(_plans[0]);
        return Improved();
    }

    /// <summary>The first plan of the best course that the beam finds from where the environment stands; what is left after it is drained, no more.</summary>
    /// <param name="at">Where to begin, at a request; over the draws that the beam was made for. It is not touched.</param>
    /// <param name="horizon">Requests of the course.</param>
    public int FirstPlan(OffloadEnvironment at, int horizon)
    {
        var from = at.Observation.Request;
        _draw.Draw(at.Window);
        _states[0].CopyFrom(at.Stations);
        var alive = Run(from, Math.Min(from + horizon, _draw.Requests), _wide);
        var (best, most) = (0, double.NegativeInfinity);
        for (var s = 0; s < alive; s++)
        {
            _try.CopyFrom(_states[s]);
            _try.Drain();
            if (_course.Worth(_try) is var worth && worth > most)
                (best, most) = (s, worth);
        }
        return _plans[best][from];
    }

    /// <summary>The course after every single change that earns more; the one given is not touched.</summary>
    /// <param name="plans">One plan a request of the window; where the battery is empty a request is dropped instead.</param>
    public FoundCourse Improve(int window, ReadOnlySpan<int> plans)
    {
        _draw.Draw(window);
        _course.Take(plans);
        return Improved();
    }

    /// <summary>The course after searching its stretches anew as long as that earns more; the one given is not touched.</summary>
    public FoundCourse Rework(int window, ReadOnlySpan<int> plans)
    {
        _draw.Draw(window);
        _course.Take(plans);
        for (var round = 0; round < MostRounds; round++)
        {
            var better = false;
            for (var from = 0; from + 1 < _draw.Requests; from += Stretch / 2)
                better |= Rework(from, Math.Min(from + Stretch, _draw.Requests));
            if (!better)
                break;
            _course.Improve();
        }
        return _course.Found;
    }

    private FoundCourse Improved()
    {
        _course.Improve();
        return _course.Found;
    }

    private bool Rework(int from, int to)
    {
        _states[0].CopyFrom(_course.Before(from));
        var alive = Run(from, to, _narrow);
        var (best, most) = (-1, _course.Total + Course.Least);
        for (var s = 0; s < alive; s++)
        {
            _try.CopyFrom(_states[s]);
            var worth = _course.From(_try, to);
            if (worth > most)
                (best, most) = (s, worth);
        }
        if (best < 0)
            return false;
        _course.Change(from, _plans[best].AsSpan(from, to - from));
        return true;
    }

    /// <summary>From the first state, at request <paramref name="from"/>, to the states at <paramref name="to"/>; returns how many there are. After the last request the best comes first.</summary>
    private int Run(int from, int to, Survivors survivors)
    {
        var alive = 1;
        for (var request = from; request < to; request++)
        {
            var last = request + 1 == _draw.Requests;
            var children = _children.AsSpan(0, Expand(request, alive));
            alive = 0;
            foreach (var c in survivors.Of(children, last))
            {
                ref readonly var child = ref children[c];
                _next[alive].CopyFrom(_states[child.Parent]);
                _course.Play(_next[alive], request, child.Plan);
                _plans[child.Parent].AsSpan(from, request - from).CopyTo(_nextPlans[alive].AsSpan(from));
                _nextPlans[alive++][request] = child.Plan;
            }
            (_states, _next) = (_next, _states);
            (_plans, _nextPlans) = (_nextPlans, _plans);
        }
        return alive;
    }

    /// <summary>Tries every plan in every state; returns how many children there are.</summary>
    private int Expand(int request, int alive)
    {
        var next = _draw.ArrivalTimes[request + 1];
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
                var (device, uplink) = (_try.DeviceSeconds, _try.UplinkSeconds);
                _try.Advance(double.PositiveInfinity);
                var joules = _spends ? _try.Energy : 0;
                _try.Drain();
                _children[found++] = new Child(
                    _course.Worth(_try), _try.DeviceSeconds - device, Math.Max(0, _try.DeviceEnd - next), _try.UplinkSeconds - uplink,
                    Math.Max(0, _try.UplinkEnd - next), joules, s, plan);
            }
        }
        return found;
    }
}

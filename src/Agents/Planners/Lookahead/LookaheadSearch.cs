using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Simulation;

namespace RlOffload.Agents.Planners;

/// <summary>
/// Beam search over the plans of this request and of the next few as they are forecast. What a course leaves on the stations at the arrival
/// after its last request is paid for at a price a second of each. Allocates nothing after construction.
/// </summary>
/// <param name="horizon">Most requests that a course may have, this one included.</param>
internal sealed class LookaheadSearch(CostModel model, IReadOnlyList<int> candidates, int horizon)
{
    /// <summary>Courses kept a request: more changes nothing that matters on the shipped worlds.</summary>
    public const int Width = 8;

    // A probe earns nothing where the forecast is taken for the truth.
    private readonly int[] _candidates = [.. candidates.Where(p => !model.Table.Plans[p].Probe).Order()];
    private readonly double[] _arrivals = new double[horizon + 1];
    private readonly double[] _deadlines = new double[horizon];
    private Promise _promise = Promise.None; // absolute, in the window's time
    private Course[] _courses = new Course[Width], _next = new Course[Width];

    public LinkForecast Link { get; } = new();

    /// <summary>Requests of a course, this one included.</summary>
    public int Horizon { get; } = horizon;

    /// <summary>Arrival of the i-th request from now, s; i = <see cref="Horizon"/> is the one after the last.</summary>
    public Span<double> Arrivals => _arrivals;

    /// <summary>Time that the i-th request may take, s.</summary>
    public Span<double> Deadlines => _deadlines;

    /// <summary>Sets arrivals and deadlines to those of the window, for who knows them.</summary>
    public void Know(WindowDraw window, Observation o)
    {
        for (var i = 0; i <= Horizon; i++)
            _arrivals[i] = window.ArrivalTimes[Math.Min(o.Request + i, window.Requests)] - o.Now;
        for (var i = 0; i < Horizon; i++)
            _deadlines[i] = window.Deadlines[Math.Min(o.Request + i, window.Requests)];
    }

    /// <summary>First plan of the best course, or -1 where no candidate is allowed. Link, arrivals and deadlines must have been set.</summary>
    /// <param name="mask">Of the present request; later ones may run what a device with energy can run.</param>
    /// <param name="remaining">No more requests than these will come, the present one included.</param>
    public int FirstPlan(Observation o, ReadOnlySpan<bool> mask, StationPrices left, int remaining = int.MaxValue)
    {
        var promise = new Promise(_promise.LatestStart - o.Now, _promise.Worth);
        var present = StationQueues.Of(o, Link, promise);
        _courses[0] = new Course { Stations = present, First = -1 };
        var alive = 1;
        for (var step = 0; step < Math.Min(Horizon, remaining); step++)
        {
            var found = Extend(step, alive, o, mask, step + 1 == remaining ? default : left);
            if (found == 0)
                break;
            (alive, _courses, _next) = (found, _next, _courses);
        }
        var first = _courses[0].First;
        if (first >= 0)
        {
            present.Serve(model, first, 0, o.Deadline, o, Link.RoundTrip(o, 0), Link);
            _promise = new Promise(present.Promise.LatestStart + o.Now, present.Promise.Worth);
        }
        return first;
    }

    /// <summary>A new window begins: nothing was promised.</summary>
    public void Forget() => _promise = Promise.None;

    /// <summary>Writes the best courses that are one request longer into the other beam, best first; returns how many.</summary>
    private int Extend(int step, int alive, Observation o, ReadOnlySpan<bool> mask, StationPrices left)
    {
        var found = 0;
        for (var c = 0; c < alive; c++)
            foreach (var plan in _candidates)
            {
                if (step == 0 ? !mask[plan] : !model.Table.Runnable[plan])
                    continue;
                var course = _courses[c];
                course.Reward += course.Stations.Serve(model, plan, _arrivals[step], _deadlines[step], o, Link.RoundTrip(o, step), Link);
                course.Value = course.Reward - left.Device * Math.Max(0, course.Stations.DeviceFree - _arrivals[step + 1])
                    - left.Uplink * Math.Max(0, course.Stations.UplinkFree(Link) - _arrivals[step + 1]);
                if (step == 0)
                    course.First = plan;
                found = Insert(course, found);
            }
        return found;
    }

    /// <summary>Into the sorted beam; of equals the first stays before the later. A value that is no number is no course.</summary>
    private int Insert(in Course course, int found)
    {
        if (double.IsNaN(course.Value) || (found == Width && !(course.Value > _next[Width - 1].Value)))
            return found;
        var at = found;
        while (at > 0 && course.Value > _next[at - 1].Value)
            at--;
        // Courses that earn alike mostly are alike: another name for doing nothing.
        if (at > 0 && _next[at - 1].Value == course.Value && _next[at - 1].Stations.DeviceFree == course.Stations.DeviceFree)
            return found;
        var last = Math.Min(found, Width - 1);
        for (var i = last; i > at; i--)
            _next[i] = _next[i - 1];
        _next[at] = course;
        return last + 1;
    }

    private struct Course
    {
        public StationQueues Stations;
        public double Reward, Value;
        public int First;
    }
}

using System.Collections.Concurrent;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Simulation;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Policies;

namespace RlOffload.Inference;

/// <summary>
/// The loop on the device: observe, decide, run the head, encode, send, await or fall back, log. It keeps its books in the very
/// <see cref="Stations"/> that the policy was trained on, so queues, deadlines, fallbacks and what is observed follow the same rules; only here work
/// is really done, by <see cref="IDevice"/> and <see cref="IRemote"/>, and ends when they say so. One thread runs the loop; anyone may submit.
/// Every wait has a time at which it is given up, and nothing that a policy does stops the loop.
/// </summary>
public sealed partial class Controller : IWorld, IOutcomeSink
{
    /// <summary>How much too late a machine's timers may wake, s.</summary>
    public const double WakeMargin = 0.004;

    /// <summary>A probe of an idle link that took longer is given up, s.</summary>
    private const double ProbeDeadline = 5;

    private readonly Mailbox _mailbox;
    private readonly Action<Flight> _log;
    private readonly Breaker? _breaker;
    private readonly Stations _stations;
    private readonly Dictionary<int, (Flight Flight, Deployment By)> _flights = [];
    private readonly ConcurrentQueue<(Deployment Next, TaskCompletionSource Taken)> _next = new();
    private readonly Observation _observation = new();
    private volatile Deployment _deployed;
    private double _nextProbe = double.PositiveInfinity;
    private (IRemote By, int Number)? _pinged; // the last one, answered or not
    private double _nextPing = double.PositiveInfinity;
    private int _requests;
    private int _probes = -1;
    private bool _over;

    /// <param name="margin">A late answer is given up so many s before it has to be, because real clocks wake late.</param>
    /// <param name="log">Told of every flight that ended; it may keep nothing of it.</param>
    /// <param name="breaker">Stops asking a server that fails; null: every message is tried.</param>
    public Controller(Deployment deployed, Mailbox mailbox, double margin, Action<Flight> log, Breaker? breaker = null)
    {
        (_deployed, _sender, _mailbox, _log, _breaker) = (deployed, deployed.Remote, mailbox, log, breaker);
        _stations = new Stations(deployed.Model, this) { Sink = this, Margin = margin };
        _stations.Reset();
    }

    /// <summary>What decides now.</summary>
    public Deployment Deployed => _deployed;

    /// <summary>All energy spent, J, by the cost model's powers and the measured times.</summary>
    public double Energy => _stations.Energy;

    /// <summary>What probes may cost; null: as many as the policy wants.</summary>
    public ProbeBudget? Probes { get; init; }

    /// <summary>Told of transfers and answers; null: nobody wants to know.</summary>
    public LinkEstimator? Link { get; init; }

    /// <summary>Decisions that the policy failed to make, or made against the mask; the plan of the best expected reward was taken.</summary>
    public int PolicyFailures { get; private set; }

    /// <summary>When the loop has something to do though nobody tells it anything, s; infinity if never.</summary>
    public double NextEvent => Math.Min(Math.Min(_stations.NextEvent, _throughAt), Math.Min(_nextProbe, _nextPing));

    /// <summary>A link that nothing was sent on for so long, s, is probed within the budget, so that what is known of it does not grow old; infinite: never.</summary>
    public double ProbeIdle { get; init; } = double.PositiveInfinity;

    /// <summary>A server that nothing was heard of for so long, s, is asked for its round trip and its load by a few bytes, which say nothing of the link's rate; infinite: never.</summary>
    public double PingIdle { get; init; } = double.PositiveInfinity;

    /// <summary>A request arrives. Any thread may call.</summary>
    /// <param name="fill">Writes the image's bytes.</param>
    public void Submit(int image, double deadline, FillImage fill)
    {
        var flight = _deployed.Pool.Take();
        fill(image, flight.Pixels);
        var now = _mailbox.Clock.Now;
        flight.Begin(Interlocked.Increment(ref _requests) - 1, image, now, deadline);
        _mailbox.Post(new Happened(What.Arrived, flight.Request, now, flight));
    }

    /// <summary>
    /// Another deployment takes over between two decisions: requests that arrive from then on are its own, those under way end as they were planned, with what they were planned by. Any
    /// thread may call. Images must be of the same size.
    /// </summary>
    /// <returns>Ends when it has taken over. The old one's network is in use until its pool <see cref="FlightPool.IsWhole"/>; its policy is not asked any more.</returns>
    public Task Swap(Deployment next)
    {
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _next.Enqueue((next, taken));
        _mailbox.Post(new Happened(What.Swapped, -1, _mailbox.Clock.Now));
        return taken.Task;
    }

    /// <summary>No request comes any more: the loop ends with the last answer.</summary>
    public void Finish() => _mailbox.Post(new Happened(What.Over, -1, _mailbox.Clock.Now));

    /// <summary>Runs until <see cref="Finish"/> was called and every request has its outcome.</summary>
    public void Run()
    {
        while (!_over || _stations.InFlight > 0)
        {
            Pump(_mailbox.Clock.Now);
            if (!_over || _stations.InFlight > 0)
                _mailbox.WaitUntil(NextEvent);
        }
    }

    /// <summary>Takes in what happened, and lets happen what is due.</summary>
    public void Pump(double now)
    {
        while (_mailbox.TryTake(out var happened))
            Take(happened);
        LetThrough(now);
        _stations.Advance(now);
        if (!double.IsPositiveInfinity(ProbeIdle))
            ProbeIdleLink(now);
        if (!double.IsPositiveInfinity(PingIdle))
            PingIdleServer(now);
    }

    /// <summary>Numbers of the loop's own probes go down from -2, so that they are no request's.</summary>
    private void ProbeIdleLink(double now)
    {
        if (_over || !_stations.IsUplinkIdle)
        {
            _nextProbe = double.PositiveInfinity;
            return;
        }
        _nextProbe = Math.Max(_lastSent + ProbeIdle, Probes?.Next(now) ?? now);
        if (_nextProbe > now)
            return;
        // Nothing is learned of a link behind which nobody answers.
        if (_breaker is not { State: not BreakerState.Closed } && Probes?.Allows(now) != false)
            _stations.Probe(--_probes, ProbeDeadline);
        (_lastSent, _nextProbe) = (now, double.PositiveInfinity);
        if (_stations.IsUplinkIdle)
            _nextProbe = now + ProbeIdle;
    }

    /// <summary>One that was not answered by the time of the next one is not waited for any more.</summary>
    private void PingIdleServer(double now)
    {
        _nextPing = _over || !_stations.IsUplinkIdle ? double.PositiveInfinity : _lastHeard + PingIdle;
        if (_nextPing > now)
            return;
        if (_pinged is { } old)
            old.By.Stop(old.Number, probe: true);
        _pinged = null;
        if (_breaker is not { State: not BreakerState.Closed })
        {
            _pinged = (_deployed.Remote, --_probes);
            _deployed.Remote.Ping(_probes);
        }
        (_lastHeard, _nextPing) = (now, now + PingIdle);
    }

    private void Take(in Happened happened)
    {
        LetThrough(happened.At);
        switch (happened.What)
        {
            case What.Arrived:
                _stations.Advance(happened.At);
                Arrive(happened.Flight!);
                break;
            case What.Passed:
                _stations.Passed(happened.Request, happened.Way, happened.At);
                break;
            case What.Computed:
                _stations.Computed(happened.Request, happened.At, happened.Way);
                break;
            case What.Broken:
                Note(happened);
                _stations.Broken(happened.Request, happened.At);
                break;
            case What.Sent:
                Left(happened);
                break;
            case What.Answered:
                _breaker?.Succeeded(happened.Request, happened.At);
                Answered(happened);
                break;
            case What.Probed:
                Probed(happened);
                break;
            case What.Pinged:
                Link?.Answered(happened.RoundTrip);
                (_lastHeard, _pinged) = (happened.At, null);
                _stations.Pinged(happened.RoundTrip, happened.Load, happened.At);
                break;
            case What.Failed:
                Note(happened);
                if (!happened.Probe)
                    _breaker?.Failed(happened.Request, happened.Reason, happened.At, happened.RetryAfter);
                _stations.Failed(happened.Request, happened.Probe, happened.At);
                break;
            case What.Swapped:
                _stations.Advance(happened.At);
                TakeOver();
                break;
            default:
                _over = true;
                break;
        }
    }

    private void TakeOver()
    {
        if (!_next.TryDequeue(out var swap))
            return;
        _stations.TakeOver(swap.Next.Model);
        _deployed = swap.Next;
        swap.Taken.SetResult();
    }

    private void Note(in Happened happened)
    {
        if (!happened.Probe && _flights.TryGetValue(happened.Request, out var on))
            on.Flight.Reason = happened.Reason;
    }

    private void Arrive(Flight flight)
    {
        var begun = TimeProvider.System.GetTimestamp();
        var by = _deployed;
        if (flight.Pool != by.Pool)
            flight = Moved(flight, by.Pool);
        _flights.Add(flight.Request, (flight, by));
        var sinceLast = _stations.SinceLastArrival;
        _stations.Arrive();
        _stations.Observe(flight.Request, _observation);
        _observation.SinceLastArrival = sinceLast;
        var plan = Decide(by, flight.Arrival);
        flight.Planned(plan, by.Model.Table.Plans[plan], by.Model.Predict(plan, _observation), _observation, TimeProvider.System.GetElapsedTime(begun).TotalSeconds, by.Hash);
        _stations.Accept(flight.Request, plan);
    }

    /// <summary>It was submitted before another network took over, and is decided after that.</summary>
    private static Flight Moved(Flight flight, FlightPool to)
    {
        var moved = to.Take();
        flight.Pixels.CopyTo(moved.Pixels, 0);
        moved.Begin(flight.Request, flight.Image, flight.Arrival, flight.Deadline);
        flight.Pool!.Release(flight);
        return moved;
    }

    private int Decide(Deployment by, double now)
    {
        var mask = by.Narrow(_stations.Allowed[..by.Model.Count], sends: _breaker?.Allows(now) ?? true, probes: Probes?.Allows(now) ?? true);
        try
        {
            if (by.Policy.Decide(_observation, mask) is var plan && (uint)plan < (uint)mask.Length && mask[plan])
                return plan;
        }
        catch (Exception)
        {
            // A policy is foreign code: whatever it throws, the request is answered.
        }
        PolicyFailures++;
        return GreedyFallback.Decide(by.Model, _observation, mask);
    }
}

/// <summary>Writes the bytes of an image.</summary>
public delegate void FillImage(int image, Span<byte> pixels);

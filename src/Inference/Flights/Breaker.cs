using RlOffload.Environment;

namespace RlOffload.Inference.Flights;

public enum BreakerState : byte
{
    /// <summary>Everything may be sent.</summary>
    Closed,

    /// <summary>Nothing is sent: the device answers by itself.</summary>
    Open,

    /// <summary>One request tries whether the server is back.</summary>
    HalfOpen,
}

/// <param name="Failures">In a row, until nothing is sent any more; where nobody listens one is enough.</param>
/// <param name="FirstBreak">How long nothing is sent then, s.</param>
/// <param name="Factor">Each break that ends in another failure is followed by one so many times longer.</param>
/// <param name="LongestBreak">s, before the jitter.</param>
/// <param name="Jitter">Each break is drawn evenly from (1 - jitter / 2 .. 1 + jitter / 2) times its length, so that devices do not come back together.</param>
/// <param name="LongestRetryAfter">A server that asks for more time than that, s, is asked again then.</param>
public sealed record BreakerOptions(int Failures = 5, double FirstBreak = 0.1, double Factor = 2, double LongestBreak = 5, double Jitter = 0.5, double LongestRetryAfter = 60);

/// <summary>What a breaker did over a run.</summary>
/// <param name="Opened">Times that the server was given up, failed trials included.</param>
/// <param name="Trials">Requests that tried whether it is back.</param>
/// <param name="KeptLocal">Decisions made without the plans that send something.</param>
/// <param name="NotSent">Messages that were due when nothing was sent: answered by a branch.</param>
/// <param name="OpenSeconds">Time without the server.</param>
public sealed record BreakerCounts(int Opened, int Trials, int KeptLocal, int NotSent, double OpenSeconds);

/// <summary>
/// A circuit breaker (M. Nygard, Release It!, 2007) before the server: after failures in a row the device stops asking and answers by itself; after
/// a jittered, exponentially growing break one request tries again. It hangs on the controller's loop and learns from what the loop is told, so it
/// waits for nothing, allocates nothing and needs no lock; time and randomness are given.
/// </summary>
public sealed class Breaker(BreakerOptions options, Rng rng)
{
    private Rng _rng = rng;
    private int _failures, _breaks;
    private int _trial = -1;
    private double _since, _until, _openSeconds;
    private int _opened, _trials, _keptLocal, _notSent;

    public BreakerState State { get; private set; }

    /// <summary>Whether plans that send something may be chosen now.</summary>
    public bool Allows(double now)
    {
        if (State == BreakerState.Open && now >= _until)
            State = BreakerState.HalfOpen;
        var allows = State == BreakerState.Closed || (State == BreakerState.HalfOpen && _trial < 0);
        _keptLocal += allows ? 0 : 1;
        return allows;
    }

    /// <summary>Asked when a message's turn on the uplink has come.</summary>
    /// <returns>False: it is not to be sent.</returns>
    public bool TryEnter(int request, double now)
    {
        if (State == BreakerState.Open && now >= _until)
            State = BreakerState.HalfOpen;
        if (State == BreakerState.Closed)
            return true;
        if (State == BreakerState.Open || _trial >= 0)
        {
            _notSent++;
            return false;
        }
        _trial = request;
        _trials++;
        return true;
    }

    /// <summary>The server answered a request.</summary>
    public void Succeeded(int request, double now)
    {
        if (State == BreakerState.Closed)
            _failures = 0;
        if (State != BreakerState.HalfOpen || request != _trial)
            return;
        _openSeconds += now - _since;
        (State, _trial, _failures, _breaks) = (BreakerState.Closed, -1, 0, 0);
    }

    /// <summary>A request was not answered: refused, broken off, not understood, or not in time.</summary>
    /// <param name="retryAfter">When the server wants to be asked again, s: until then nothing is sent; 0 where it said nothing.</param>
    public void Failed(int request, Reason reason, double now, double retryAfter = 0)
    {
        // NaN and infinity are the network's own, and what was not sent tells nothing.
        if (reason is Reason.NotFinite or Reason.CircuitOpen or Reason.DeviceFailed)
        {
            _trial = request == _trial ? -1 : _trial;
            return;
        }
        if (retryAfter > 0 && State == BreakerState.Closed)
        {
            // It is there and says when: nobody has to find out how long.
            Open(now, 0, retryAfter);
            return;
        }
        if (State == BreakerState.HalfOpen ? request == _trial : State == BreakerState.Closed && (++_failures >= options.Failures || reason == Reason.Unreachable))
            Open(now, Math.Min(options.LongestBreak, options.FirstBreak * Math.Pow(options.Factor, _breaks++)), retryAfter);
    }

    /// <summary>The request left the uplink before its time: nothing was learned of the server.</summary>
    public void Abandoned(int request) => _trial = request == _trial ? -1 : _trial;

    public BreakerCounts Counts(double now) => new(_opened, _trials, _keptLocal, _notSent, Math.Round(_openSeconds + (State == BreakerState.Closed ? 0 : now - _since), 3));

    /// <param name="length">Before the jitter; the server's own wish is never undercut.</param>
    private void Open(double now, double length, double retryAfter)
    {
        if (State == BreakerState.Closed)
            _since = now;
        var drawn = _rng.NextDouble();
        _until = now + Math.Max(length * (1 + options.Jitter * (drawn - 0.5)), Math.Min(retryAfter > 0 ? retryAfter : 0, options.LongestRetryAfter) * (1 + options.Jitter * drawn));
        (State, _trial, _failures) = (BreakerState.Open, -1, 0);
        _opened++;
    }
}

using System.Collections.Concurrent;

namespace RlOffload.Inference.Flights;

public enum What : byte { Arrived, Passed, Computed, Broken, Sent, Answered, Failed, Probed, Pinged, Swapped, Over }

/// <summary>Something that happened outside the controller's loop.</summary>
/// <param name="At">When, s since the controller began.</param>
/// <param name="Flight">The one that arrived; else null: by the time this is read, a flight may carry another request.</param>
/// <param name="RoundTrip">Of an answer: from the last byte sent to the answer, less what the server took, s; where <paramref name="Uplink"/> is not known, from the first.</param>
/// <param name="Load">Of an answer: the server's load factor; NaN where it said nothing of it.</param>
/// <param name="Server">Of an answer: the server's computing, s.</param>
/// <param name="Way">Of a gated plan: the way whose exit was passed by, or which was taken; else -1.</param>
/// <param name="Unseen">Of what was sent: only that the network took it is known, not that it has left; its answer tells.</param>
/// <param name="Uplink">Of the answer to what left unseen: how long the link carried it, s; NaN where a server that else says it could not. 0: it was seen to leave.</param>
/// <param name="Told">Whether the server said so; else it is what the socket took.</param>
/// <param name="RetryAfter">Of a refusal: when the server wants to be asked again, s; 0 where it said nothing.</param>
public readonly record struct Happened(
    What What, int Request, double At, Flight? Flight = null, bool Probe = false, Reason Reason = Reason.None,
    double RoundTrip = 0, double Load = 1, double Server = 0, int Way = -1, double RetryAfter = 0, bool Unseen = false, double Uplink = 0, bool Told = false);

/// <summary>Where device, link and whoever brings requests tell the controller's loop what happened, from any thread.</summary>
public sealed class Mailbox : IDisposable
{
    private readonly ConcurrentQueue<Happened> _queue = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly ITimer _alarm;

    public Mailbox(RunClock clock)
    {
        Clock = clock;
        _alarm = clock.Time.CreateTimer(_ => _wake.Set(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public RunClock Clock { get; }

    public void Post(in Happened happened)
    {
        _queue.Enqueue(happened);
        _wake.Set();
    }

    public bool TryTake(out Happened happened) => _queue.TryDequeue(out happened);

    /// <summary>Waits until something is posted, at most until <paramref name="time"/> (s since the clock's origin).</summary>
    public void WaitUntil(double time)
    {
        var seconds = Math.Min(time - Clock.Now, 3600);
        if (seconds <= 0)
            return;
        // Timers count whole ms; rounded up, the loop does not wake before its time to find nothing.
        _alarm.Change(TimeSpan.FromMilliseconds(Math.Ceiling(seconds * 1000)), Timeout.InfiniteTimeSpan);
        _wake.WaitOne();
    }

    public void Dispose()
    {
        _alarm.Dispose();
        _wake.Dispose();
    }
}

namespace RlOffload.Inference.Flights;

/// <summary>Seconds since a run began.</summary>
public sealed class RunClock(TimeProvider time)
{
    private long _origin = time.GetTimestamp();

    public TimeProvider Time { get; } = time;

    public double Now => Time.GetElapsedTime(_origin).TotalSeconds;

    /// <summary>The run begins now, not when the clock was made.</summary>
    public void Restart() => _origin = Time.GetTimestamp();

    /// <summary>Ends at <paramref name="time"/> or a little after it, never before.</summary>
    public async Task Until(double time, CancellationToken cancel)
    {
        for (var left = time - Now; left > 0; left = time - Now)
            // A timer counts whole ms of real time; what is left below one is yielded away, so that delays do not grow with their number.
            if (left >= 0.001)
                await Task.Delay(TimeSpan.FromSeconds(left), Time, cancel).ConfigureAwait(false);
            else
            {
                cancel.ThrowIfCancellationRequested();
                await Task.Yield();
            }
    }
}

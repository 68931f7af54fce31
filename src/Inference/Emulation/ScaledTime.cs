namespace RlOffload.Inference.Emulation;

/// <summary>A clock that runs faster than the real one by a factor; its timers follow it. What is really computed then takes longer by that factor.</summary>
public sealed class ScaledTime(TimeProvider real, double speed) : TimeProvider
{
    private readonly long _origin = real.GetTimestamp();

    public override long TimestampFrequency => real.TimestampFrequency;

    public override long GetTimestamp() => (long)((real.GetTimestamp() - _origin) * speed);

    public override DateTimeOffset GetUtcNow() => real.GetUtcNow();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new ScaledTimer(real.CreateTimer(callback, state, Scale(dueTime), Scale(period)), this);

    private TimeSpan Scale(TimeSpan time) => time < TimeSpan.Zero ? time : time / speed;

    private sealed class ScaledTimer(ITimer timer, ScaledTime time) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(time.Scale(dueTime), time.Scale(period));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}

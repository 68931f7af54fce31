namespace RlOffload.Tests.Inference;

/// <summary>A clock that stands still until it is moved; its timers never ring.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _ticks;

    public double Seconds
    {
        get => _ticks / (double)TimeSpan.TicksPerSecond;
        set => _ticks = (long)Math.Round(value * TimeSpan.TicksPerSecond);
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Silent();

    private sealed class Silent : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() { }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

namespace RlOffload.Inference.Emulation;

/// <summary>
/// The system's time with timers that wake when they are due. The runtime's own go by a clock that ticks with the kernel's scheduler, every 4 ms on most machines, which is
/// much for a link or a device that is emulated. Here a thread of its own sleeps till the last whole ms and gives its turn away until the moment itself.
/// </summary>
public sealed class PreciseTime : TimeProvider, IDisposable
{
    private readonly object _gate = new();
    private readonly PriorityQueue<(Timer Timer, long Version), (long At, long Number)> _due = new();
    private readonly Thread _thread;
    private long _timers;
    private bool _over;

    public PreciseTime()
    {
        _thread = new Thread(Wake) { IsBackground = true, Name = "alarms" };
        _thread.Start();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Timers that are not due yet never will be.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _over = true;
            Monitor.Pulse(_gate);
        }
        _thread.Join();
    }

    private void Wake()
    {
        while (true)
        {
            Timer? due;
            lock (_gate)
            {
                if (_over)
                    return;
                var left = _due.TryPeek(out var next, out var key) ? key.At - GetTimestamp() : long.MaxValue;
                if (left > 0)
                {
                    var ms = left / (TimestampFrequency / 1000);
                    if (ms > 0)
                    {
                        Monitor.Wait(_gate, (int)Math.Min(ms, int.MaxValue));
                        continue;
                    }
                    due = null;
                }
                else
                {
                    _due.Dequeue();
                    due = next.Timer.Due(next.Version) ? next.Timer : null;
                }
            }
            if (due is null)
                Thread.Yield();
            else
                // A callback may go on with whatever waited for it, and this thread has others to wake.
                ThreadPool.UnsafeQueueUserWorkItem(t => t.Call(), due, preferLocal: false);
        }
    }

    /// <param name="from">Timestamp that the time counts from.</param>
    private void Set(Timer timer, long version, long from, TimeSpan after)
    {
        _due.Enqueue((timer, version), (from + (long)(after.TotalSeconds * TimestampFrequency), _timers++));
        Monitor.Pulse(_gate);
    }

    private sealed class Timer(PreciseTime time, TimerCallback callback, object? state) : ITimer
    {
        private long _version; // of the last change: what was set before it counts no more
        private TimeSpan _period;

        public void Call() => callback(state);

        public bool Due(long version)
        {
            if (version != _version)
                return false;
            if (_period > TimeSpan.Zero)
                time.Set(this, version, time.GetTimestamp(), _period);
            return true;
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                _period = period;
                _version++;
                if (dueTime >= TimeSpan.Zero)
                    time.Set(this, _version, time.GetTimestamp(), dueTime);
            }
            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

using RlOffload.Inference.Flights;

namespace RlOffload.Training.Benchmarks.Chaos;

/// <summary>
/// A thread that wants to run every millisecond and writes down when it could not: then nothing of this process ran in time, because the machine was busy with
/// something else or the runtime stopped all threads. What is late in such a moment is not the controller's doing.
/// </summary>
internal sealed class Heartbeat : IDisposable
{
    private readonly RunClock _clock;
    private readonly double _longest;
    private readonly List<(double From, double To)> _stalls = [];
    private readonly ManualResetEvent _stop = new(false);
    private readonly Thread _thread;

    /// <param name="longest">A pause that is no stall yet, s.</param>
    public Heartbeat(RunClock clock, double longest)
    {
        (_clock, _longest) = (clock, longest);
        _thread = new Thread(Beat) { IsBackground = true, Name = "heartbeat", Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    public (int Count, double Seconds, double Longest) Stalls
    {
        get
        {
            lock (_stalls)
                return (_stalls.Count, _stalls.Sum(s => s.To - s.From), _stalls.Count == 0 ? 0 : _stalls.Max(s => s.To - s.From));
        }
    }

    /// <summary>How much of a time this process was stalled, s.</summary>
    public double Within(double from, double to)
    {
        var sum = 0.0;
        lock (_stalls)
            for (var i = _stalls.Count - 1; i >= 0 && _stalls[i].To > from; i--)
                sum += Math.Max(0, Math.Min(to, _stalls[i].To) - Math.Max(from, _stalls[i].From));
        return sum;
    }

    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _stop.Dispose();
    }

    private void Beat()
    {
        for (var last = _clock.Now; !_stop.WaitOne(1); last = _clock.Now)
            if (_clock.Now is var now && now - last > _longest)
                lock (_stalls)
                    _stalls.Add((last, now));
    }
}

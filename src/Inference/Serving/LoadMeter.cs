namespace RlOffload.Inference.Serving;

/// <summary>The share of the last second, about, that the workers computed: busy time with exponential forgetting.</summary>
internal sealed class LoadMeter(int workers, TimeProvider time)
{
    private const double MemorySeconds = 1;

    private readonly Lock _gate = new();
    private long _at = time.GetTimestamp();
    private double _busy;

    /// <summary>A worker computed for so long, until now.</summary>
    public void Add(double seconds)
    {
        lock (_gate)
        {
            Forget();
            _busy += seconds / (workers * MemorySeconds);
        }
    }

    /// <summary>0 to 1.</summary>
    public double Busy
    {
        get
        {
            lock (_gate)
            {
                Forget();
                return Math.Min(1, _busy);
            }
        }
    }

    private void Forget()
    {
        var now = time.GetTimestamp();
        _busy *= Math.Exp(-time.GetElapsedTime(_at, now).TotalSeconds / MemorySeconds);
        _at = now;
    }
}

namespace RlOffload.Inference.Serving;

/// <summary>A token bucket: so many a second, and what was not used for up to <see cref="BurstSeconds"/> may be used later.</summary>
internal sealed class RateLimit(double perSecond, TimeProvider time)
{
    /// <summary>Longer bursts would only wait in the queue.</summary>
    public const double BurstSeconds = 0.02;

    private readonly Lock _gate = new();
    private readonly double _depth = Math.Max(1, perSecond * BurstSeconds);
    private double _tokens = Math.Max(1, perSecond * BurstSeconds);
    private long _filled = time.GetTimestamp();

    /// <param name="retry">Where none is left: until there is one again, s.</param>
    public bool TryTake(out double retry)
    {
        retry = 0;
        if (perSecond <= 0)
            return true;
        lock (_gate)
        {
            var now = time.GetTimestamp();
            _tokens = Math.Min(_depth, _tokens + time.GetElapsedTime(_filled, now).TotalSeconds * perSecond);
            _filled = now;
            if (_tokens >= 1)
            {
                _tokens--;
                return true;
            }
            retry = (1 - _tokens) / perSecond;
            return false;
        }
    }
}

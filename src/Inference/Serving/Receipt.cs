namespace RlOffload.Inference.Serving;

/// <summary>
/// How a message or probe came in, read by read. A sender whose modem or router takes a message in whole knows nothing of the link behind it; who receives it does.
/// Times are timestamps of <see cref="TimeProvider.System"/>.
/// </summary>
internal sealed class Receipt
{
    /// <summary>What is read so soon after the first read had come before it, s: TLS gives its bytes by records.</summary>
    private const double Burst = 0.0002;

    /// <summary>Of the bytes that must have been seen coming for the others to be judged by them.</summary>
    private const double LeastShare = 0.25;

    private long _begun, _first, _burst, _last;
    private int _before, _bytes;

    /// <summary>The first byte of something new is here.</summary>
    public void Begin(long now) => (_begun, _last, _before, _bytes) = (now, now, 0, 0);

    /// <summary>A read brought so many bytes.</summary>
    public void Came(int bytes, long now)
    {
        if (_bytes == 0)
            _first = now;
        if (Between(_first, now) <= Burst)
            (_before, _burst) = (_before + bytes, now);
        (_bytes, _last) = (_bytes + bytes, now);
    }

    /// <summary>From the first byte to the last, s.</summary>
    public double Seconds => Between(_begun, _last);

    /// <summary>
    /// How long the link carried it, s: what was there at the first read may have come at any time before, so all bytes are taken to have come as fast as those after it.
    /// 0 where these were too few.
    /// </summary>
    public double LinkSeconds => _bytes - _before is > 0 and var after && after >= LeastShare * _bytes ? Between(_burst, _last) * _bytes / after : 0;

    private static double Between(long from, long to) => TimeProvider.System.GetElapsedTime(from, to).TotalSeconds;
}

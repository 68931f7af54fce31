namespace RlOffload.Inference.Flights;

/// <summary>Bytes a second that probes may cost on average: a bucket that fills at this rate and never holds more than two probes.</summary>
/// <param name="bytesPerSecond">Infinite: as many as the policy wants; 0: none.</param>
/// <param name="probeBytes">Of one.</param>
public sealed class ProbeBudget(double bytesPerSecond, double probeBytes)
{
    private double _bytes = double.IsPositiveInfinity(bytesPerSecond) ? double.PositiveInfinity : 0;
    private double _at;

    /// <summary>Bytes of probes that were sent.</summary>
    public double Spent { get; private set; }

    /// <summary>Whether a probe may be sent now.</summary>
    public bool Allows(double now)
    {
        if (double.IsPositiveInfinity(_bytes))
            return true;
        _bytes = Math.Min(2 * probeBytes, _bytes + bytesPerSecond * Math.Max(0, now - _at));
        _at = now;
        return _bytes >= probeBytes;
    }

    /// <summary>When the next one may be sent, if none is until then, s; infinity: never.</summary>
    public double Next(double now) => Allows(now) ? now : bytesPerSecond > 0 ? now + (probeBytes - _bytes) / bytesPerSecond : double.PositiveInfinity;

    public void Spend()
    {
        Spent += probeBytes;
        _bytes -= probeBytes;
    }
}

namespace RlOffload.Environment.Simulation;

/// <summary>What the device has learned of link and server from its own transfers and answers.</summary>
internal struct LinkKnowledge
{
    /// <summary>Rates are measured no finer than this, s.</summary>
    public const double Resolution = 0.01;

    private double _logPrior, _logLast;
    private double _logRate;        // smoothed log rate at the last transfer
    private double _smoothed;       // transfers behind it, saturating
    public double LastRate, PreviousRate, LastRateTime, Volatility, Rtt, Load, LoadTime;

    public static LinkKnowledge Nothing(Scenario s) => new()
    {
        _logPrior = Math.Log(s.Uplink.PriorBitsPerSecond),
        _logLast = Math.Log(s.Uplink.PriorBitsPerSecond),
        _logRate = Math.Log(s.Uplink.PriorBitsPerSecond),
        LastRate = s.Uplink.PriorBitsPerSecond,
        PreviousRate = s.Uplink.PriorBitsPerSecond,
        LastRateTime = double.NegativeInfinity,
        Rtt = s.Uplink.PriorRtt,
        Load = 1,
        LoadTime = double.NegativeInfinity,
    };

    /// <summary>Where nothing was learned yet, the other scenario's prior is what is believed; where something was, it stays.</summary>
    public void TakeOver(Scenario next)
    {
        var prior = Nothing(next);
        _logPrior = prior._logPrior;
        if (double.IsNegativeInfinity(LastRateTime))
            (_logLast, _logRate, LastRate, PreviousRate) = (prior._logLast, prior._logRate, prior.LastRate, prior.PreviousRate);
        if (double.IsNegativeInfinity(LoadTime))
            Rtt = prior.Rtt;
    }

    /// <summary>A transfer, finished or cancelled, carried <paramref name="bytes"/> in <paramref name="seconds"/>.</summary>
    public void Sent(double now, double bytes, double seconds)
    {
        var rate = Math.Max(bytes, 1) * 8 / Math.Max(Resolution, seconds);
        var log = Math.Log(rate);
        // Half the weight to the newest: fast enough for cellular links, whose rate halves within seconds.
        if (_smoothed > 0)
            Volatility += 0.3 * (Math.Abs(log - _logLast) - Volatility);
        _logRate = _smoothed == 0 ? log : _logRate + 0.5 * (log - _logRate);
        _smoothed = 1;
        PreviousRate = LastRate;
        (LastRate, _logLast) = (rate, log);
        LastRateTime = now;
    }

    public void Pinged(double rtt) => Rtt = double.IsNegativeInfinity(LoadTime) ? rtt : Rtt + 0.5 * (rtt - Rtt);

    public void Answered(double now, double rtt, double load)
    {
        Pinged(rtt);
        Load = load;
        LoadTime = now;
    }

    /// <summary>
    /// log r = prior + (log r_own - prior) * exp(-age / reversion), then towards the transfer under way with weight 1 - exp(-elapsed / 0.5 s).
    /// </summary>
    /// <param name="memo">Of this method, kept from call to call.</param>
    public readonly double Estimate(Scenario s, double now, double sendingFor, double sendingRate, ref EstimateMemo memo)
    {
        var trust = double.IsNegativeInfinity(LastRateTime) ? 0 : memo.Trust.Of(-(now - LastRateTime) / s.Uplink.ReversionSeconds);
        var log = _logPrior + (_logRate - _logPrior) * trust;
        if (sendingFor >= Resolution)
            log += (memo.SendingLog.Of(Math.Max(sendingRate, 100)) - log) * (1 - memo.Sending.Of(-sendingFor / 0.5));
        return memo.Rate.Of(log);
    }
}

/// <summary>What <see cref="LinkKnowledge.Estimate"/> worked out last.</summary>
internal struct EstimateMemo
{
    public Exponential Trust, Sending, Rate;
    public Logarithm SendingLog;
}

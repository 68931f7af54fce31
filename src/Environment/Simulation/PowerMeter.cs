namespace RlOffload.Environment.Simulation;

/// <summary>
/// All energy since the window began and what is left in the battery. Work and sending are charged when they end; idling, the radio's tail
/// and the harvest run with time.
/// </summary>
internal struct PowerMeter
{
    private double _charged, _lastSendEnd, _battery, _settled;

    public static PowerMeter Full(Scenario s) => new() { _lastSendEnd = double.NegativeInfinity, _battery = s.Device.Battery?.StartJoules ?? 0 };

    /// <summary>When the radio entered the tail that it may still be in, s; negative infinity while it sends or where it has not yet.</summary>
    public readonly double LastSendEnd => _lastSendEnd;

    /// <summary>J spent until <paramref name="now"/>.</summary>
    public readonly double Energy(Scenario s, double now) => _charged + s.Device.IdleWatts * now + Tail(s, now);

    public void Charge(Scenario s, double now, double joules)
    {
        Settle(s, now);
        _charged += joules;
        _battery -= joules;
    }

    /// <summary>The radio leaves its tail, if it is in one.</summary>
    public void SendingStarts(Scenario s, double now)
    {
        Settle(s, now);
        _charged += Tail(s, now);
        _lastSendEnd = double.NegativeInfinity;
    }

    public void SendingEnds(Scenario s, double now)
    {
        Settle(s, now);
        _lastSendEnd = now;
    }

    /// <summary>Charges what is left of the last tail: nothing more will be sent.</summary>
    public void Close(Scenario s)
    {
        if (double.IsNegativeInfinity(_lastSendEnd))
            return;
        _charged += s.Radio.TailWatts * s.Radio.TailSeconds;
        _lastSendEnd = double.NegativeInfinity;
    }

    /// <summary>J in the battery; a full one takes no harvest. Below 0: what the work under way has overdrawn.</summary>
    public readonly double Battery(Scenario s, double now)
    {
        if (s.Device.Battery is not { } b)
            return double.PositiveInfinity;
        // Between two settlements the tail comes first and the net power after it is constant, so one cut at the end is exact.
        var running = s.Device.IdleWatts * (now - _settled) + Tail(s, now) - Tail(s, _settled);
        return Math.Min(b.CapacityJoules, _battery + b.HarvestWatts * (now - _settled) - running);
    }

    /// <summary>From now on everything costs what the other scenario says; what was spent stays spent.</summary>
    public void TakeOver(Scenario old, Scenario next, double now)
    {
        Settle(old, now);
        _charged += (old.Device.IdleWatts - next.Device.IdleWatts) * now + Tail(old, now) - Tail(next, now);
        if (old.Device.Battery is null && next.Device.Battery is { } battery)
            (_battery, _settled) = (battery.StartJoules, now);
    }

    private void Settle(Scenario s, double now)
    {
        if (s.Device.Battery is null)
            return;
        _battery = Battery(s, now);
        _settled = now;
    }

    private readonly double Tail(Scenario s, double now) =>
        double.IsNegativeInfinity(_lastSendEnd) ? 0 : s.Radio.TailWatts * Math.Clamp(now - _lastSendEnd, 0, s.Radio.TailSeconds);
}

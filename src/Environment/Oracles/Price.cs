namespace RlOffload.Environment.Oracles;

/// <summary>
/// What work left to later requests is taken to cost: reward a second until which the device and the uplink are held, and a joule.
/// </summary>
internal readonly record struct Price(double Device, double Uplink, double Joule)
{
    /// <summary>
    /// From myopic to one that keeps the stations free for bursts, in rewards of a request. At saturation a second is worth about one answer a gap between
    /// arrivals, so that is the unit of time; joules are counted in what a request has of them.
    /// </summary>
    public static Price[] Of(Scenario s)
    {
        var gap = s.Arrivals.MeanGap;
        Price[] work =
        [
            default, new(0.05 / gap, 0.05 / gap, 0), new(0.17 / gap, 0, 0), new(0.34 / gap, 0.085 / gap, 0), new(0.7 / gap, 0, 0), new(1.4 / gap, 0.5 / gap, 0),
        ];
        if (s.Device.Battery is null)
            return work;
        var joules = JoulesOfARequest(s);
        return [.. work, .. work.Select((p, i) => p with { Joule = 0.1 * (1 << i) / joules })];
    }

    /// <summary>What hardly matters to the requests that come: a share of what one of them has of time and of joules.</summary>
    public static (double Seconds, double Joules) Tolerance(Scenario s) => (0.03 * s.Arrivals.MeanGap, 0.03 * JoulesOfARequest(s));

    private static double JoulesOfARequest(Scenario s) =>
        s.Device.Battery is { } b ? (b.StartJoules + b.HarvestWatts * s.Requests * s.Arrivals.MeanGap) / s.Requests : 0;
}

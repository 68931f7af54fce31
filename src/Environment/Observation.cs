namespace RlOffload.Environment;

/// <summary>
/// What the device knows when a request arrives; nothing here looks ahead. One instance is reused: copy what must outlive the decision.
/// Ages are capped at <see cref="MaxAge"/>, which also stands for "never".
/// </summary>
public sealed class Observation
{
    public const double MaxAge = 120;
    public const int ModemSeconds = 3;

    /// <summary>Position of the request in its window, and the time since the window began, s.</summary>
    public int Request;
    public double Now;

    /// <summary>Time this request may take, s.</summary>
    public double Deadline;

    /// <summary>
    /// Device work that is accepted and not finished, s at the present speed, as if no image left early. Like the bytes below, where the scenario has
    /// <see cref="BacklogKnowledge.Expected"/> only what of it is expected to be done and not given up.
    /// </summary>
    public double DeviceBacklog;

    /// <summary>Device work that appears if every transfer under way is late, s.</summary>
    public double FallbackAtRisk;

    /// <summary>Bytes ready to be sent or being sent, less those acknowledged.</summary>
    public double UplinkBacklogBytes;

    /// <summary>Bytes of heads that still wait for the device or run on it.</summary>
    public double PendingBytes;

    /// <summary>Requests accepted and not answered.</summary>
    public int InFlight;

    /// <summary>Best guess of the rate now, bit/s: own transfers, reverting to the prior as they age; with a modem its last second.</summary>
    public double Rate;

    /// <summary>Rate of the last and the last but one finished transfer, bit/s, and the age of the last, s.</summary>
    public double LastRate, PreviousRate, RateAge;

    /// <summary>Mean absolute change of the log rate between transfers.</summary>
    public double Volatility;

    /// <summary>
    /// The transfer under way: for how long, s, and its rate so far, bit/s (0 while it stalls). Both 0 where there is none or it is younger
    /// than the resolution of 10 ms.
    /// </summary>
    public double SendingFor, SendingRate;

    /// <summary>Mean rate of each of the link's last whole seconds, newest first, bit/s; zeros unless the modem is observed.</summary>
    public readonly double[] ModemRates = new double[ModemSeconds];

    /// <summary>Round-trip time of the last answer, s, smoothed.</summary>
    public double Rtt;

    /// <summary>The server's load factor as of the last answer, and the answer's age, s.</summary>
    public double ServerLoad, ServerLoadAge;

    /// <summary>Arrivals a second: over about 4 and about 25 requests; and the time since the last request, s.</summary>
    public double FastIntensity, SlowIntensity, SinceLastArrival;

    /// <summary>Heat 0..1, the factor it puts on device time, and the battery's level 0..1 (1 on mains).</summary>
    public double Heat, Slowdown, Battery;

    /// <summary>
    /// What was spent beyond each budget so far (<see cref="Scenario.Budgets"/>), in requests' worth of it; 0 where there is none. Costs count when
    /// the device knows them: energy as it is spent, a miss when it is one, an answer's shortfall as expected of its exit.
    /// </summary>
    public double EnergyDebt, MissDebt, AccuracyDebt;

    /// <summary>Takes over everything that another one says.</summary>
    public void CopyFrom(Observation o)
    {
        (Request, Now, Deadline, InFlight) = (o.Request, o.Now, o.Deadline, o.InFlight);
        (DeviceBacklog, FallbackAtRisk, UplinkBacklogBytes, PendingBytes) = (o.DeviceBacklog, o.FallbackAtRisk, o.UplinkBacklogBytes, o.PendingBytes);
        (Rate, LastRate, PreviousRate, RateAge, Volatility) = (o.Rate, o.LastRate, o.PreviousRate, o.RateAge, o.Volatility);
        (SendingFor, SendingRate, Rtt, ServerLoad, ServerLoadAge) = (o.SendingFor, o.SendingRate, o.Rtt, o.ServerLoad, o.ServerLoadAge);
        (FastIntensity, SlowIntensity, SinceLastArrival) = (o.FastIntensity, o.SlowIntensity, o.SinceLastArrival);
        (Heat, Slowdown, Battery) = (o.Heat, o.Slowdown, o.Battery);
        (EnergyDebt, MissDebt, AccuracyDebt) = (o.EnergyDebt, o.MissDebt, o.AccuracyDebt);
        o.ModemRates.CopyTo(ModemRates, 0);
    }
}

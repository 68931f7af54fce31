namespace RlOffload.Environment;

/// <summary>
/// How far the link's rate may be from what the device expects, as a standard deviation of the log rate: what the last transfers differed by,
/// and what a rate that returns to its mean gains as the last transfer ages (an Ornstein-Uhlenbeck process: variance s^2 (1 - e^(-2 age/tau))).
/// The stationary spread s is a guess; planners tune a factor on the whole.
/// </summary>
public static class RateSpread
{
    /// <summary>s: a mobile link is within a factor of two of its median for most of the time (a guess).</summary>
    private const double Stationary = 0.7;

    public static double Of(Observation o, Scenario scenario)
    {
        // A normal variable's mean absolute value is sqrt(2/pi) of its standard deviation.
        var seen = o.Volatility * Math.Sqrt(Math.PI / 2);
        var aged = Stationary * Stationary * (1 - Math.Exp(-2 * o.RateAge / scenario.Uplink.ReversionSeconds));
        return Math.Sqrt(seen * seen + aged);
    }
}

namespace RlOffload.Inference.Flights;

/// <summary>What the device knows of its link from its own transfers.</summary>
/// <param name="Rate">bit/s; NaN before the first transfer.</param>
/// <param name="RateSpread">Standard deviation of the rate's natural logarithm: 0.2 is about 20 %. It grows with the age.</param>
/// <param name="Age">Since the last transfer, s.</param>
/// <param name="Rtt">s; NaN before the first answer.</param>
/// <param name="RttSpread">Mean deviation of the round-trip time, s.</param>
public readonly record struct LinkEstimate(double Rate, double RateSpread, double Age, double Rtt, double RttSpread, int Transfers, int Answers);

/// <summary>
/// Rate, age, round-trip time and how sure they are, from transfers and probes of the device itself and the durations that the server says: no clock is compared
/// with another. The logarithm of the rate is followed by a Kalman filter for a random walk (Kalman 1960), the round-trip time as TCP does (RFC 6298).
/// </summary>
public sealed class LinkEstimator
{
    /// <summary>Transfers are timed no finer than this, s.</summary>
    private const double Resolution = 0.002;

    /// <summary>Of one measured rate: packets come in bursts.</summary>
    private const double LeastVariance = 0.01;

    /// <summary>How fast the logarithm of a rate wanders, 1/s, until transfers show it: cellular links halve or double within seconds.</summary>
    private const double FirstWander = 0.1;

    private double _log, _variance, _wander = FirstWander, _at;
    private double _rtt = double.NaN, _rttSpread = double.NaN;
    private int _transfers, _answers;

    /// <summary>A transfer or probe carried so many bytes.</summary>
    /// <param name="now">When its last byte left, s.</param>
    public void Transferred(double now, double bytes, double seconds)
    {
        if (!(bytes > 0) || !(seconds >= 0))
            return;
        var log = Math.Log(bytes * 8 / Math.Max(seconds, Resolution));
        // A transfer as short as the clock's grain says little.
        var noise = LeastVariance + Math.Pow(Resolution / Math.Max(seconds, Resolution), 2);
        if (_transfers++ == 0)
        {
            (_log, _variance, _at) = (log, noise, now);
            return;
        }
        var (age, off) = (Math.Max(now - _at, Resolution), log - _log);
        var predicted = _variance + _wander * age;
        var gain = predicted / (predicted + noise);
        // What the last step wandered beyond the noise, smoothed.
        _wander = Math.Clamp(_wander + 0.1 * (Math.Max(0, off * off - _variance - noise) / age - _wander), 1e-3, 10);
        (_log, _variance, _at) = (_log + gain * off, (1 - gain) * predicted, now);
    }

    /// <param name="roundTrip">From the last byte sent to the answer, less what the server says it took, s.</param>
    public void Answered(double roundTrip)
    {
        if (!(roundTrip >= 0))
            return;
        if (_answers++ == 0)
            (_rtt, _rttSpread) = (roundTrip, roundTrip / 2);
        else
            (_rttSpread, _rtt) = (_rttSpread + 0.25 * (Math.Abs(_rtt - roundTrip) - _rttSpread), _rtt + 0.125 * (roundTrip - _rtt));
    }

    public LinkEstimate At(double now)
    {
        var age = Math.Max(0, now - _at);
        return _transfers == 0
            ? new(double.NaN, double.NaN, double.PositiveInfinity, _rtt, _rttSpread, 0, _answers)
            : new(Math.Exp(_log), Math.Sqrt(_variance + _wander * age), age, _rtt, _rttSpread, _transfers, _answers);
    }
}

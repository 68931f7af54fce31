using RlOffload.Environment;
using RlOffload.Environment.Simulation;

namespace RlOffload.Agents.Planners;

/// <summary>When the uplink will have carried bytes and answers come back: at one expected rate, or along the window's own trace for who knows it. Times in s from the decision on.</summary>
internal sealed class LinkForecast
{
    /// <summary>Round-trip times planned with, over the smoothed one: answers that are due just in time are late half of the time (a guess).</summary>
    private const double RoundTripMargin = 2;

    private double _secondsPerByte, _now;
    private WindowDraw? _window;

    public void Expect(double bitsPerSecond) => (_secondsPerByte, _window) = (8 / bitsPerSecond, null);

    /// <param name="now">Time of the decision, s since the window began.</param>
    public void Know(WindowDraw window, double now) => (_window, _now) = (window, now);

    public double Sent(double start, double bytes) =>
        bytes <= 0 ? start
        : _window is null ? start + bytes * _secondsPerByte
        : start + (double.IsFinite(start) ? _window.SendSeconds(_now + start, bytes) : 0);

    /// <summary>Round-trip time of the request that comes so many after the present one, s.</summary>
    public double RoundTrip(Observation o, int ahead) =>
        _window is null ? RoundTripMargin * o.Rtt : _window.Rtts[Math.Min(o.Request + ahead, _window.Rtts.Length - 1)];
}

using RlOffload.Environment.Simulation;

namespace RlOffload.Agents.Planners;

/// <summary>When the uplink will have carried bytes: at one expected rate, or along the window's own trace for who knows it. Times in s from the decision on.</summary>
internal sealed class LinkForecast
{
    private double _secondsPerByte, _now;
    private WindowDraw? _window;

    public void Expect(double bitsPerSecond) => (_secondsPerByte, _window) = (8 / bitsPerSecond, null);

    /// <param name="now">Time of the decision, s since the window began.</param>
    public void Know(WindowDraw window, double now) => (_window, _now) = (window, now);

    public double Sent(double start, double bytes) =>
        bytes <= 0 ? start
        : _window is null ? start + bytes * _secondsPerByte
        : start + (double.IsFinite(start) ? _window.SendSeconds(_now + start, bytes) : 0);
}

using RlOffload.Environment.Simulation;
using RlOffload.Inference.Flights;

namespace RlOffload.Inference.Emulation;

/// <summary>
/// An uplink of a trace's capacity: a token bucket of no depth that fills as the trace says. One transfer at a time; bytes are let through when
/// the trace's integral since the transfer's start has carried them, so the last one passes exactly when the cost model says.
/// </summary>
/// <param name="draw">Of the window that is played; null: the network itself shapes, and what it has taken is only counted.</param>
public sealed class ShapedLink(WindowDraw? draw, RunClock clock)
{
    /// <summary>What is let through at once, s of the trace.</summary>
    private const double Slice = 0.01;

    /// <summary>What is given to an unshaped network at once, bytes: as finely is known how much of a message it took.</summary>
    private const int Piece = 16384;

    private readonly Lock _gate = new();
    private double _start;
    private double _free;
    private long _passed;
    private int _reserved;

    public RunClock Clock { get; } = clock;

    /// <summary>A transfer begins.</summary>
    public void Begin()
    {
        lock (_gate)
            (_start, _free, _passed, _reserved) = (Clock.Now, Clock.Now, 0, 0);
    }

    /// <summary>How many of the next <paramref name="most"/> bytes to let through together, and when.</summary>
    public (int Bytes, double At) Next(int most)
    {
        lock (_gate)
        {
            if (draw is null)
            {
                _start = _free = Clock.Now;
                _reserved = Math.Min(most, Piece);
                return (_reserved, _free);
            }
            _start = _free;
            _reserved = (int)Math.Clamp(Math.Round(draw.BytesBetween(_start, _start + Slice)), 1, most);
            _free = _start + draw.SendSeconds(_start, _reserved);
            return (_reserved, _free);
        }
    }

    /// <summary>What <see cref="Next"/> named has been let through.</summary>
    public void Passed()
    {
        lock (_gate)
        {
            _passed += _reserved;
            (_reserved, _start) = (0, _free);
        }
    }

    /// <summary>Bytes that the link has carried since the transfer began.</summary>
    public double Carried(double now)
    {
        lock (_gate)
            return _passed + (draw is null ? 0 : Math.Min(_reserved, draw.BytesBetween(_start, now)));
    }

    /// <summary>What its modem reports.</summary>
    public double BytesBetween(double from, double to) => draw?.BytesBetween(from, to) ?? 0;
}

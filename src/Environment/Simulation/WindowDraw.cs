using RlOffload.Environment.Links;

namespace RlOffload.Environment.Simulation;

/// <summary>
/// Everything of a window that no plan can change: link, arrivals, deadlines, round-trip times, server load, images.
/// Each number is keyed by (seed, window, request, purpose), so two policies meet the same world.
/// </summary>
public sealed class WindowDraw : IWorld
{
    private readonly Scenario _scenario;
    private readonly ILinks _links;
    private readonly ulong _seed;
    private readonly int _imageCount;
    private double[] _loadChanges = new double[64];
    private double[] _loads = new double[64];
    private int _loadCount;

    /// <param name="images">How many images requests are drawn from; 0: none are known.</param>
    public WindowDraw(Scenario scenario, ILinks links, ulong seed, int images = 0)
    {
        (_scenario, _links, _seed, _imageCount) = (scenario, links, seed, images);
        Images = new int[scenario.Requests + 1];
        ArrivalTimes = new double[scenario.Requests + 1];
        Deadlines = new double[scenario.Requests + 1];
        Rtts = new double[scenario.Requests + 1];
    }

    /// <summary>The same world, to be drawn on its own.</summary>
    public WindowDraw Another() => new(_scenario, _links, _seed, _imageCount);

    public int Window { get; private set; }
    public int Requests => _scenario.Requests;

    /// <summary>s since the window began; the last entry is the arrival that would have come after the window.</summary>
    public double[] ArrivalTimes { get; }

    /// <summary>Time each request may take, s.</summary>
    public double[] Deadlines { get; }

    /// <summary>Round-trip time of each request, s.</summary>
    public double[] Rtts { get; }

    /// <summary>Image of each request among those of the profile; -1 where it has none.</summary>
    public int[] Images { get; }

    public LinkTrace Trace { get; private set; } = null!;

    /// <summary>Where the window starts in the trace, s.</summary>
    public double Offset { get; private set; }

    /// <summary>Factor on the trace's rates.</summary>
    public double RateScale { get; private set; }

    public void Draw(int window)
    {
        Window = window;
        Arrivals.Draw(_scenario.Arrivals, _seed, (ulong)window, ArrivalTimes);
        var key = Rng.WindowKey(_seed, (ulong)window);
        for (var i = 0; i < Deadlines.Length; i++)
        {
            var request = Rng.RequestKey(key, (ulong)i);
            Deadlines[i] = _scenario.Deadlines.Median * Math.Exp(_scenario.Deadlines.Spread * (2 * Rng.Keyed(request, RngPurpose.Deadline).NextDouble() - 1));
            var rtt = Rng.Keyed(request, RngPurpose.Rtt);
            Rtts[i] = _links.DrawRtt(ref rtt);
            Images[i] = _imageCount > 0 ? Rng.Keyed(request, RngPurpose.Image).NextInt(_imageCount) : -1;
        }
        var end = ArrivalTimes[^1] + 2 * _scenario.Deadlines.Median * Math.Exp(_scenario.Deadlines.Spread);
        var link = _links.At(window, end);
        (Trace, Offset, RateScale) = (link.Trace, link.Offset, _scenario.Uplink.RateScale * link.Scale);
        DrawLoad(end);
    }

    /// <summary>The server's load factor at <paramref name="time"/>.</summary>
    public double LoadAt(double time)
    {
        var i = Array.BinarySearch(_loadChanges, 0, _loadCount, time);
        return _loads[i >= 0 ? i : ~i - 1];
    }

    /// <summary>Duration, s, of sending <paramref name="bytes"/> from <paramref name="start"/> on an otherwise idle link.</summary>
    public double SendSeconds(double start, double bytes) => Trace.TimeToSend(Offset + start, bytes * 8 / RateScale);

    /// <summary>Bytes that the link carries between two times.</summary>
    public double BytesBetween(double from, double to) => Trace.BitsBetween(Offset + from, Offset + to) * RateScale / 8;

    double IWorld.Deadline(int request) => Deadlines[request];

    double IWorld.RoundTrip(int request) => Rtts[request];

    int IWorld.Image(int request) => Images[request];

    double IWorld.Compute(in Job job, double now, double seconds) => now + seconds * _scenario.Device.HiddenFactor;

    double IWorld.Send(in Job job, double now) => now + SendSeconds(now, job.Bytes);

    double IWorld.Carried(in Job job, double now) => Math.Min(job.Bytes, BytesBetween(job.Start, now));

    void IWorld.Stop(in Job job) { }

    private void DrawLoad(double end)
    {
        var levels = _scenario.Server.Loads;
        _loadCount = 1;
        _loadChanges[0] = 0;
        if (levels is null or { Count: 0 })
        {
            _loads[0] = 1;
            return;
        }
        var rng = Rng.Keyed(_seed, (ulong)Window, 0, RngPurpose.ServerLoad);
        _loads[0] = levels[rng.NextInt(levels.Count)];
        for (var t = 0.0; levels.Count > 1;)
        {
            t += rng.NextExponential() * _scenario.Server.LoadDwellSeconds;
            if (t > end)
                break;
            if (_loadCount == _loads.Length)
            {
                Array.Resize(ref _loads, 2 * _loadCount);
                Array.Resize(ref _loadChanges, 2 * _loadCount);
            }
            _loadChanges[_loadCount] = t;
            _loads[_loadCount++] = levels[rng.NextInt(levels.Count)];
        }
    }
}

using RlOffload.Environment.Simulation;

namespace RlOffload.Inference.Emulation;

/// <param name="AnswerAt">When the answer is at the device, s.</param>
/// <param name="RoundTrip">s.</param>
/// <param name="Load">Of the server.</param>
/// <param name="Server">How long the server computed, s; what it waited before lies between.</param>
internal readonly record struct EmulatedAnswer(double AnswerAt, double RoundTrip, double Load, double Server, double Waited);

/// <summary>
/// What lies beyond the link in a run over loopback: half a round trip each way, and a server that takes the scenario's time (profile's tail x
/// factor x load), one request after the other. The real server's time counts where it is longer.
/// </summary>
internal sealed class EmulatedPath(WindowDraw draw)
{
    private readonly Lock _gate = new();
    private double _free;

    /// <param name="sent">When the last byte left.</param>
    /// <param name="answered">When the real answer was read.</param>
    /// <param name="nominal">Of the tail on the unloaded server, s.</param>
    public EmulatedAnswer Answer(int request, double sent, double answered, double nominal)
    {
        var rtt = draw.Rtts[request];
        var arrives = sent + rtt / 2;
        lock (_gate)
        {
            var start = Math.Max(arrives, _free);
            var load = draw.LoadAt(start);
            _free = Math.Max(start + nominal * load, answered);
            return new EmulatedAnswer(_free + rtt / 2, rtt, load, _free - start, start - arrives);
        }
    }
}

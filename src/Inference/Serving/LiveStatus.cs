using System.Text.Json;
using RlOffload.Environment;
using RlOffload.Inference.Remote;

namespace RlOffload.Inference.Serving;

/// <param name="Station">Name of a <see cref="Serving.Station"/>.</param>
internal sealed record StationLatency(string Station, double P50Us, double P90Us, double P99Us);

/// <param name="Exit">Counted from 0.</param>
internal sealed record PlanCount(int Exit, int Split, int Bits, int Count);

/// <summary>What the live page shows: counts since the start, and times, plans and link of the last answers.</summary>
/// <param name="Misses">Messages whose device gave up before the answer was there: answered on the device instead, or too late.</param>
/// <param name="LinkBitsPerSecond">Median over the last answers of a message's bits over the time that it took to arrive; null where all came at once.</param>
internal sealed record LiveStatus(
    string Model, bool Ready, double UptimeSeconds, long Answered, long Refused, long Misses, int Waiting, int MostWaiting, int Inside, double Busy, double? LinkBitsPerSecond,
    int Recent, IReadOnlyList<StationLatency> Stations, IReadOnlyList<PlanCount> Plans)
{
    /// <summary>Shorter arrivals say nothing of the link: the bytes lay in the socket already.</summary>
    private const double ShortestArrival = 0.001;

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ServerHealth.Json.Contract<LiveStatus>());

    public static LiveStatus Of(TailService service, ServerOptions options, TimeSpan uptime)
    {
        var recent = service.Meters.Recent.Copy();
        var links = recent.Where(r => r.Times.Receive >= ShortestArrival).Select(r => 8 * r.Bytes / r.Times.Receive).Order().ToArray();
        return new LiveStatus(
            service.Partitions.Profile.Model.Path, service.Ready, Math.Round(uptime.TotalSeconds, 1), service.Meters.Answered, service.Meters.Refused, service.Meters.Abandoned,
            service.Waiting, options.MostWaiting, service.Inside, Math.Round(service.Busy, 4), links.Length == 0 ? null : Math.Round(At(links, 0.5)), recent.Length,
            recent.Length == 0 ? [] : [.. Enum.GetValues<Station>().Select(s => Latency(s, [.. recent.Select(r => r.Times[s]).Order()]))],
            [.. recent.GroupBy(r => (r.Exit, r.Cut, r.Bits)).Select(g => new PlanCount(g.Key.Exit, g.Key.Cut, g.Key.Bits, g.Count())).OrderByDescending(p => p.Count).Take(20)]);
    }

    private static StationLatency Latency(Station station, double[] seconds) =>
        new(station.ToString().ToLowerInvariant(), Us(At(seconds, 0.5)), Us(At(seconds, 0.9)), Us(At(seconds, 0.99)));

    private static double At(double[] sorted, double share) => sorted[(int)Math.Ceiling(share * sorted.Length) - 1];

    private static double Us(double seconds) => Math.Round(seconds * 1e6, 1);
}

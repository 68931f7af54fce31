using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using RlOffload.Inference.Wire;

namespace RlOffload.Inference.Serving;

/// <summary>What the server counts and times, as instruments of .NET's own metrics: read by /metrics, the live page and an OTLP exporter.</summary>
internal sealed class ServerMeters : IDisposable
{
    public const string Name = "RlOffload.Server";

    /// <summary>Upper bounds of the buckets of times, s: from 10 us up, three a decade.</summary>
    public static readonly IReadOnlyList<double> TimeBounds = [1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

    private readonly ConcurrentDictionary<(int, int, int), KeyValuePair<string, object?>[]> _plans = new();
    private readonly ConcurrentDictionary<int, KeyValuePair<string, object?>[]> _statuses = new();
    private readonly Counter<long> _answered, _refused, _abandoned, _received, _sent, _swaps;
    private readonly Histogram<double> _stations;
    private readonly Histogram<int> _batches;
    private readonly KeyValuePair<string, object?>[][] _stationTags =
        [.. Enum.GetNames<Station>().Select(n => (KeyValuePair<string, object?>[])[new("station", n.ToLowerInvariant())])];

    private long _answers, _refusals, _abandonments, _taken, _refusedSwaps;

    public ServerMeters()
    {
        Meter = new Meter(Name);
        Source = new ActivitySource(Name);
        var bounds = new InstrumentAdvice<double> { HistogramBucketBoundaries = TimeBounds };
        _answered = Meter.CreateCounter<long>("rloffload.answers", "{answer}", "Answers by plan.");
        _refused = Meter.CreateCounter<long>("rloffload.refusals", "{message}", "Messages that were refused, by HTTP status.");
        _abandoned = Meter.CreateCounter<long>("rloffload.abandoned", "{message}", "Messages whose device gave up before the answer was there.");
        _received = Meter.CreateCounter<long>("rloffload.received", "By", "Bytes of messages received.");
        _sent = Meter.CreateCounter<long>("rloffload.sent", "By", "Bytes of answers sent.");
        _swaps = Meter.CreateCounter<long>("rloffload.swaps", "{network}", "Networks that took over while it served, or were refused, by result.");
        _stations = Meter.CreateHistogram("rloffload.station.duration", "s", "Time at each station of the server.", null, bounds);
        _batches = Meter.CreateHistogram("rloffload.batch", "{message}", "Messages computed together.", null, new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64] });
    }

    public Meter Meter { get; }

    public ActivitySource Source { get; }

    /// <summary>What happened lately, for the live page.</summary>
    public RecentAnswers Recent { get; } = new();

    public long Answered => Interlocked.Read(ref _answers);
    public long Refused => Interlocked.Read(ref _refusals);
    public long Abandoned => Interlocked.Read(ref _abandonments);

    /// <summary>Networks that took over while it served, and those that failed a check.</summary>
    public long Swapped => Interlocked.Read(ref _taken);
    public long SwapsRefused => Interlocked.Read(ref _refusedSwaps);

    public void Swap(bool taken)
    {
        Interlocked.Increment(ref taken ? ref _taken : ref _refusedSwaps);
        _swaps.Add(1, new KeyValuePair<string, object?>("result", taken ? "taken" : "refused"));
    }

    public void Gauge(string name, string unit, string what, Func<double> value) => Meter.CreateObservableGauge(name, value, unit, what);

    /// <param name="answerSeconds">From the end of the tail until the answer was handed to the connection.</param>
    public void Answer(Job job, double answerSeconds, long bytes)
    {
        Interlocked.Increment(ref _answers);
        _answered.Add(1, _plans.GetOrAdd((job.Header.Exit, job.Header.Cut, job.Header.Bits), static p =>
            [new("exit", Text(p.Item1)), new("split", Text(p.Item2)), new("bits", Text(p.Item3))]));
        _received.Add(job.Length);
        _sent.Add(bytes);
        _batches.Record(job.Batch);
        var times = new StationTimes(job.ReceiveSeconds, job.WaitedSeconds, job.UnpackSeconds, job.TailSeconds, answerSeconds);
        foreach (var station in Enum.GetValues<Station>())
            _stations.Record(times[station], _stationTags[(int)station]);
        Recent.Add(job.Header, job.Length, times);
    }

    public void Refuse(Refusal refusal)
    {
        Interlocked.Increment(ref _refusals);
        _refused.Add(1, _statuses.GetOrAdd(refusal.Status, static s => [new("status", Text(s))]));
    }

    public void Abandon()
    {
        Interlocked.Increment(ref _abandonments);
        _abandoned.Add(1);
    }

    public void Dispose()
    {
        Meter.Dispose();
        Source.Dispose();
    }

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

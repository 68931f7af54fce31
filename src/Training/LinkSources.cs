using System.Security.Cryptography;
using System.Text;
using MathNet.Numerics.Statistics;
using RlOffload.Environment;
using RlOffload.Environment.Links;

namespace RlOffload.Training;

/// <summary>The link models or traces behind a list of paths, opened.</summary>
internal sealed class LinkSources
{
    /// <summary>Windows of traces from which on every fourth is kept from the learner, for tuning and validation.</summary>
    private const int LeastToHoldOut = 8;
    private const int HeldOut = 4;

    private readonly List<LinkModel> _models = [];
    private readonly List<TraceReading> _traces = [];

    public List<LinkFile> Files { get; } = [];

    /// <exception cref="InputException">A file is neither model nor trace, or there are both.</exception>
    public static LinkSources Open(string key, string config, IReadOnlyList<string> paths, TraceReadOptions reader, Action<int, int>? progress)
    {
        var sources = new LinkSources();
        var files = paths.SelectMany(TraceFolder.Files).DistinctBy(f => f.Path).ToList();
        var problems = new List<string>();
        for (var i = 0; i < files.Count; i++)
        {
            try
            {
                sources.Open(files[i].Path, files[i].Name, reader);
            }
            catch (InputException e)
            {
                problems.AddRange(e.Problems);
            }
            progress?.Invoke(i + 1, files.Count);
        }
        if (sources._models.Count > 0 && sources._traces.Count > 0)
            problems.Add($"{config}:{key}: holds {sources._models.Count} link models and {sources._traces.Count} traces, allowed is one kind");
        return problems.Count == 0 ? sources : throw new InputException(problems);
    }

    /// <summary>Round-trip times of these links, each link's equally often; null where none has any.</summary>
    public RttModel? RoundTrips()
    {
        var own = _models.Select(m => m.Rtt).Concat(_traces.Select(t => t.Trace.RoundTrips)).OfType<RttModel>().ToList();
        if (own.Count <= 1)
            return own.FirstOrDefault();
        var each = Math.Max(10, 2000 / own.Count);
        return RttModel.FromSamples([.. own.SelectMany(m => Enumerable.Range(0, each).Select(i => m.Quantile((i + 0.5) / each)))]);
    }

    /// <summary>bit/s; the rate not exceeded half of the time on these links, each link counting alike; the mean where that is 0.</summary>
    public double MedianRate()
    {
        const int each = 1000;
        var rates = _models.SelectMany(m => Enumerable.Range(0, each).Select(i => m.Quantile((i + 0.5) / each)))
            .Concat(_traces.SelectMany(t => Enumerable.Range(0, each).Select(i => t.Trace.RateAt((i + 0.5) / each * t.Trace.DurationSeconds)))).ToArray();
        return rates.Median() is > 0 and var median ? median : rates.Mean();
    }

    /// <param name="seconds">Length of a window.</param>
    public LinkSet All(string name, RttModel roundTrips, ulong seed, double seconds) => _models.Count > 0
        ? new(name, new ModelLinks(_models, roundTrips, seed), seed, Files)
        : Recorded(name, Cut(seconds), roundTrips, seed);

    /// <summary>Windows to learn from and windows to tune on; of few recorded ones both get all, with other arrivals.</summary>
    public (LinkSet Training, LinkSet Tuning) Split(RttModel roundTrips, ulong trainingSeed, ulong tuningSeed, double seconds)
    {
        if (_models.Count > 0)
            return (All("training", roundTrips, trainingSeed, seconds), All("tuning", roundTrips, tuningSeed, seconds));
        var windows = Cut(seconds);
        if (windows.Count < LeastToHoldOut)
            return (Recorded("training", windows, roundTrips, trainingSeed), Recorded("tuning", windows, roundTrips, tuningSeed));
        return (Recorded("training", [.. windows.Where(w => w.Index % HeldOut != HeldOut - 1)], roundTrips, trainingSeed),
            Recorded("tuning", [.. windows.Where(w => w.Index % HeldOut == HeldOut - 1)], roundTrips, tuningSeed));
    }

    private void Open(string path, string name, TraceReadOptions reader)
    {
        if (Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase))
        {
            var model = LinkModel.Read(path);
            _models.Add(model);
            Files.Add(new(path, HashOf(path), $"link model {model.Name}", []));
            return;
        }
        var reading = TraceFile.Read(path, reader, name);
        _traces.Add(reading);
        Files.Add(new(path, HashOf(path), reading.Choice, reading.Warnings));
    }

    private IReadOnlyList<LinkWindow> Cut(double seconds) => LinkWindows.Cut([.. _traces.Select(t => t.Trace)], seconds);

    private LinkSet Recorded(string name, IReadOnlyList<LinkWindow> windows, RttModel roundTrips, ulong seed)
    {
        var content = Files.ToDictionary(f => f.Path, f => f.Sha256);
        var text = string.Join('\n', windows.Select(w => FormattableString.Invariant($"{content[w.Trace.File!]} {w.Offset:R}")));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        return new(name, new TraceLinks([.. windows.Select((w, i) => w with { Index = i })], roundTrips, hash), seed, Files);
    }

    internal static string HashOf(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}

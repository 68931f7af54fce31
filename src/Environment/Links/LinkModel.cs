using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using MathNet.Numerics.Distributions;
using RlOffload.Environment.Simulation;

namespace RlOffload.Environment.Links;

/// <summary>
/// A link that can be drawn as often as needed: a stationary Gaussian process (level of the trace + autoregressive components + noise) whose
/// values are mapped through the normal distribution function and the quantile function of measured rates, so that drawn rates have the
/// measured marginal exactly and the measured autocorrelation as far as the process can (Cario and Nelson 1996, "Autoregressive to anything").
/// Immutable, shared by threads. Written by 'rloffload traces fit'.
/// </summary>
public sealed class LinkModel
{
    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        WriteIndented = true,
    };

    internal static readonly JsonTypeInfo<LinkModelFile> Contract = JsonContracts.Of(Json, EnvironmentJson.Default.Keeping<LinkModelFile>()).Contract<LinkModelFile>();

    /// <summary>Longest trace that is drawn at once, in bins.</summary>
    public const int MostBins = 10_000_000;

    private const ulong MostAttempts = 1000;

    private readonly double[] _probability, _rate, _share, _decay, _fresh;

    private LinkModel(LinkModelFile file, string? path)
    {
        Parameters = file;
        File = path;
        Rtt = file.Rtt is { } r ? RttModel.ShiftedLognormal(r.ShiftMs, r.Mu, r.Sigma) : null;
        _probability = Eight.Filled([.. file.Quantiles.Probability]);
        _rate = [.. file.Quantiles.BitsPerSecond];
        _share = [.. file.Process.Components.Select(c => Math.Sqrt(c.Share))];
        _decay = [.. file.Process.Components.Select(c => Math.Exp(-file.BinSeconds / c.Seconds))];
        _fresh = [.. _decay.Select(a => Math.Sqrt(1 - a * a))];
    }

    public string Name => Parameters.Name;

    /// <summary>The file it was read from; null when made in memory.</summary>
    public string? File { get; }

    public LinkModelFile Parameters { get; }

    /// <summary>Round-trip times fitted for this link; null where none were given.</summary>
    public RttModel? Rtt { get; }

    /// <exception cref="InputException">The parameters contradict themselves.</exception>
    public static LinkModel From(LinkModelFile parameters, string? path = null)
    {
        var problems = LinkModelCheck.Problems(parameters).Select(p => $"{path ?? parameters.Name}:{p}").ToList();
        return problems.Count == 0 ? new LinkModel(parameters, path) : throw new InputException(problems);
    }

    /// <exception cref="InputException">The file is missing, is no link model, or contradicts itself.</exception>
    public static LinkModel Read(string path)
    {
        LinkModelFile? file;
        try
        {
            using var stream = System.IO.File.OpenRead(path);
            file = JsonSerializer.Deserialize(stream, Contract);
        }
        catch (JsonException e)
        {
            throw new InputException(path, e.Path ?? "$", $"not a link model ({e.Message}); write one with 'rloffload traces fit'");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(path, "file", $"cannot be read ({e.Message})");
        }
        return From(file ?? throw new InputException(path, "$", "is null; a link model is a JSON object"), path);
    }

    /// <summary>The text of the file that <see cref="Read"/> reads.</summary>
    public string ToJson() => JsonSerializer.Serialize(Parameters, Contract) + "\n";

    /// <summary>Writes beside the target and moves into place, so that an interrupted write leaves the old file whole.</summary>
    /// <exception cref="InputException">It cannot be written.</exception>
    public void Write(string path)
    {
        var partial = path + ".partial";
        try
        {
            System.IO.File.WriteAllText(partial, ToJson());
            System.IO.File.Move(partial, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(path, "file", $"cannot be written ({e.Message})");
        }
    }

    /// <summary>
    /// The trace of window <paramref name="window"/>, at least <paramref name="seconds"/> long and whole bins; the same key draws the same trace.
    /// It carries <see cref="Rtt"/>. A trace over which nothing could be sent is drawn again.
    /// </summary>
    /// <exception cref="InputException">The link is down practically always.</exception>
    public LinkTrace Draw(ulong seed, ulong window, double seconds)
    {
        var bins = Math.Ceiling(seconds / Parameters.BinSeconds - 1e-9);
        if (!(bins >= 1))
            throw new ArgumentOutOfRangeException(nameof(seconds), seconds, "a trace of a bin or more can be drawn");
        if (bins > MostBins)
            throw new InputException(File ?? Name, "bin_seconds", $"is {Parameters.BinSeconds}, of which {seconds} s are more than {MostBins} bins; allowed are longer bins or a shorter window");
        var rates = new double[(int)bins];
        for (var attempt = 0ul; ; attempt++)
        {
            if (attempt == MostAttempts)
                throw new InputException(File ?? Name, "quantiles", $"nothing can be sent in {MostAttempts} drawn traces of {seconds} s, allowed is a link that is not always down");
            var rng = Rng.Keyed(seed, window, attempt, RngPurpose.Trace);
            if (Fill(rates, ref rng))
                break;
        }
        var starts = new double[rates.Length];
        for (var i = 0; i < starts.Length; i++)
            starts[i] = i * Parameters.BinSeconds;
        return LinkTrace.FromSamples($"{Name}#{window}", starts, rates, rates.Length * Parameters.BinSeconds, File, Rtt);
    }

    /// <summary>Rate in bit/s that is not exceeded with probability <paramref name="p"/>.</summary>
    public double Quantile(double p)
    {
        // Which quantile is next no processor can guess, so all below are counted.
        var i = 0;
        for (var first = 0; first < _rate.Length; first += Eight.Count)
            i += Eight.Below(ref _probability[first], p);
        if (i < _rate.Length && _probability[i] == p)
            return _rate[i];
        i = Math.Clamp(i, 1, _rate.Length - 1);
        var f = (p - _probability[i - 1]) / (_probability[i] - _probability[i - 1]);
        return _rate[i - 1] + f * (_rate[i] - _rate[i - 1]);
    }

    /// <summary>One bin after the other; false if nothing can be sent in any.</summary>
    private bool Fill(Span<double> rates, ref Rng rng)
    {
        var level = Math.Sqrt(Parameters.Process.LevelShare) * rng.NextGaussian();
        var noise = Math.Sqrt(Parameters.Process.NoiseShare);
        Span<double> state = stackalloc double[_share.Length];
        for (var c = 0; c < state.Length; c++)
            state[c] = rng.NextGaussian();
        var any = false;
        for (var i = 0; i < rates.Length; i++)
        {
            var z = level + noise * rng.NextGaussian();
            for (var c = 0; c < state.Length; c++)
            {
                z += _share[c] * state[c];
                state[c] = _decay[c] * state[c] + _fresh[c] * rng.NextGaussian();
            }
            rates[i] = Quantile(Normal.CDF(0, 1, z));
            any |= rates[i] > 0;
        }
        return any;
    }
}

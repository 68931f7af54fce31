using System.Security.Cryptography;

namespace RlOffload.Environment.Links;

/// <summary>What is said about a fit besides the traces.</summary>
/// <param name="BinSeconds">Width of a bin; null takes the usual spacing of the traces, at least <see cref="LinkFit.FinestBin"/>.</param>
public sealed record LinkFitOptions(string Name, string Direction, string Source, string Licence, string? Note = null, double? BinSeconds = null);

/// <summary>Fits a <see cref="LinkModel"/> to measured traces and compares what it draws with them.</summary>
public static class LinkFit
{
    /// <summary>In s: what a bin is at least unless told otherwise; finer ones count packets, not capacity.</summary>
    public const double FinestBin = 0.5;

    /// <summary>Bins that a fit needs.</summary>
    public const int FewestBins = 100;

    private const ulong Seed = 1;
    private const int BinsDrawnToCorrect = 600_000;
    private const int BinsDrawnToCompare = 1_000_000;
    private const int Corrections = 4;
    private const double LongestLagSeconds = 60;
    private const double WindowSeconds = 60;

    /// <summary>Probabilities at which data and model are shown side by side.</summary>
    private static readonly double[] Shown = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99];

    private static readonly double[] ShownLags = [0.1, 0.5, 1, 2, 5, 10, 30, 60];

    /// <exception cref="InputException">There is too little data for a fit, or the bin is finer than the data.</exception>
    public static LinkModel Fit(IReadOnlyList<LinkTrace> traces, LinkFitOptions options, FittedRtt? rtt = null)
    {
        var spacing = traces.Select(TraceStatistics.Spacing).Order().ElementAt(traces.Count / 2);
        var bin = options.BinSeconds ?? Math.Max(FinestBin, Math.Round(spacing, 1));
        if (!(bin > 0) || !double.IsFinite(bin) || bin < spacing * 0.9)
            throw new InputException(options.Name, "--bin", $"is {bin} s, but the data has a sample every {spacing:0.###} s, allowed is {Math.Round(spacing, 2)} or more");
        var data = traces.Select(t => TraceStatistics.Bins(t, bin)).Where(b => b.Length > 0).ToList();
        var bins = data.Sum(b => b.Length);
        if (bins < FewestBins)
            throw new InputException(options.Name, "traces", $"hold {bins} bins of {bin} s, allowed is {FewestBins} or more");
        if (data.All(b => b.All(r => r == data[0][0])))
            throw new InputException(options.Name, "traces", $"have the same rate throughout, allowed is one that varies (a constant link needs no model)");
        var file = new LinkModelFile
        {
            Name = options.Name,
            Direction = options.Direction,
            Source = options.Source,
            Licence = options.Licence,
            Note = options.Note,
            Data = [.. traces.Select(t => new FittedFile(t.Name, TraceStatistics.Bins(t, bin).Length, Hash(t)))],
            BinSeconds = bin,
            Quantiles = RateMoments.Knots(data),
            Process = new(0, [], 1),
            Rtt = rtt,
        };
        file = file with { Process = Process(file, data) };
        return LinkModel.From(file with { Fit = Compare(LinkModel.From(file), data) });
    }

    /// <summary>
    /// Fits the process to the data's autocorrelation, then corrects the target by what traces drawn from the fit, as long as those of the data, show
    /// differently: short traces underestimate slow correlation (indirect inference, Gourieroux, Monfort and Renault 1993).
    /// </summary>
    private static ScoreProcess Process(LinkModelFile file, List<double[]> data)
    {
        var lags = Lags(file.BinSeconds, data.Max(b => b.Length));
        double[] seconds = [.. lags.Select(l => l * file.BinSeconds)];
        var measured = RateMoments.Autocorrelation(data, lags);
        var target = measured.ToArray();
        var scores = new ScoreCorrelation(LinkModel.From(file).Quantile);
        var best = (Error: double.PositiveInfinity, Process: file.Process);
        for (var round = 0; round < Corrections; round++)
        {
            var process = ScoreProcessFit.Fit(seconds, target, scores, file.BinSeconds, level: data.Count > 1);
            var drawn = Average(Sets(LinkModel.From(file with { Process = process }), data, BinsDrawnToCorrect).Select(d => RateMoments.Autocorrelation(d, lags)));
            var error = 0.0;
            for (var i = 0; i < lags.Length; i++)
            {
                var miss = measured[i] - drawn[i];
                error += miss * miss;
                target[i] = Math.Clamp(target[i] + miss, 0, 1);
            }
            if (error < best.Error)
                best = (error, process);
        }
        return best.Process;
    }

    /// <summary>The shifted lognormal of measured times with its quantiles beside theirs, in ms.</summary>
    public static FittedRtt FitRtt(RttReading times, string source)
    {
        var model = RttModel.Fit(times.Milliseconds);
        var rounded = RttModel.ShiftedLognormal(Math.Round(model.ShiftMs, 3), Math.Round(model.Mu, 4), Math.Round(model.Sigma, 4));
        return new(rounded.ShiftMs, rounded.Mu, rounded.Sigma, source, times.Milliseconds.Length,
            new(Shown, Rounded(RateMoments.Quantiles(times.Milliseconds, Shown), 2), Rounded([.. Shown.Select(rounded.Quantile)], 2)));
    }

    /// <summary>
    /// Computes the same statistics from the data and from drawn sets of traces as long and as many; those of the model are means over the sets, so
    /// that what short traces do to an estimate they do to both.
    /// </summary>
    private static LinkFitQuality Compare(LinkModel model, List<double[]> data)
    {
        var bin = model.Parameters.BinSeconds;
        var lags = ShownLags.Where(s => s >= bin && s / bin < data.Max(d => d.Length) / 2.0).Select(s => (int)Math.Round(s / bin)).Distinct().ToArray();
        var window = (int)Math.Round(Math.Min(WindowSeconds, data.Max(d => d.Length) * bin) / bin);
        var drawn = Sets(model, data, BinsDrawnToCompare);
        var all = drawn.SelectMany(d => d).ToList();
        return new(
            new(Mbit(RateMoments.Mean(data)), Mbit(RateMoments.Mean(all))),
            new(Math.Round(RateMoments.ZeroShare(data), 4), Math.Round(RateMoments.ZeroShare(all), 4)),
            Quantiles(data.SelectMany(d => d), all.SelectMany(d => d)),
            new([.. lags.Select(l => Math.Round(l * bin, 6))], Rounded(RateMoments.Autocorrelation(data, lags), 3),
                Rounded(Average(drawn.Select(d => RateMoments.Autocorrelation(d, lags))), 3)),
            window * bin,
            Quantiles(RateMoments.StretchMeans(data, window), RateMoments.StretchMeans(all, window)));

        static QuantileFit Quantiles(IEnumerable<double> a, IEnumerable<double> b) =>
            new(Shown, [.. RateMoments.Quantiles(a, Shown).Select(Mbit)], [.. RateMoments.Quantiles(b, Shown).Select(Mbit)]);
    }

    /// <summary>Sets of drawn traces, each with as many and as long ones as the data.</summary>
    private static List<List<double[]>> Sets(LinkModel model, List<double[]> data, int bins)
    {
        var bin = model.Parameters.BinSeconds;
        var sets = Math.Max(5, bins / data.Sum(d => d.Length));
        ulong key = 0;
        return [.. Enumerable.Range(0, sets).Select(_ => data.Select(d => TraceStatistics.Bins(model.Draw(Seed, key++, d.Length * bin), bin)).ToList())];
    }

    /// <summary>From one bin to <see cref="LongestLagSeconds"/> (or half the longest trace), closer together where the lag is short.</summary>
    private static int[] Lags(double bin, int longestTrace)
    {
        var last = Math.Max(2, Math.Min((int)(LongestLagSeconds / bin), longestTrace / 2));
        return [.. Enumerable.Range(0, 30).Select(i => (int)Math.Round(Math.Pow(last, i / 29.0))).Distinct()];
    }

    private static string Hash(LinkTrace trace)
    {
        if (trace.File is not { } file)
            return "";
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static double[] Average(IEnumerable<double[]> rows)
    {
        var list = rows.ToList();
        return [.. Enumerable.Range(0, list[0].Length).Select(i => list.Average(r => r[i]))];
    }

    private static double Mbit(double bitsPerSecond) => Math.Round(bitsPerSecond / 1e6, 4);

    private static double[] Rounded(double[] values, int digits) => [.. values.Select(v => Math.Round(v, digits))];
}

namespace RlOffload.Environment.Links;

/// <summary>The JSON file of a <see cref="LinkModel"/>: only fitted parameters and the facts about the data they were fitted to. Keys in snake_case.</summary>
public sealed record LinkModelFile
{
    public const int CurrentFormat = 1;

    public int Format { get; init; } = CurrentFormat;
    public required string Name { get; init; }

    /// <summary>"uplink" or "downlink": the direction that was measured.</summary>
    public required string Direction { get; init; }

    /// <summary>The dataset, with address and version.</summary>
    public required string Source { get; init; }

    /// <summary>Licence of the data that the parameters were fitted to.</summary>
    public required string Licence { get; init; }

    /// <summary>What a reader should know before using it; null if nothing.</summary>
    public string? Note { get; init; }

    public IReadOnlyList<FittedFile> Data { get; init; } = [];

    /// <summary>Length in s of one step of the process; within it the rate is constant.</summary>
    public required double BinSeconds { get; init; }

    public required RateQuantiles Quantiles { get; init; }
    public required ScoreProcess Process { get; init; }

    /// <summary>Null where no round-trip times were given.</summary>
    public FittedRtt? Rtt { get; init; }

    /// <summary>Data beside traces drawn from the model; null in a file written by hand.</summary>
    public LinkFitQuality? Fit { get; init; }
}

/// <param name="File">Name without folder.</param>
public sealed record FittedFile(string File, int Bins, string Sha256);

/// <summary>Knots of the quantile function of the rate; between them it is a straight line.</summary>
/// <param name="Probability">Rises from 0 to 1.</param>
/// <param name="BitsPerSecond">Does not fall; an outage is a knot of 0 at its probability.</param>
public sealed record RateQuantiles(IReadOnlyList<double> Probability, IReadOnlyList<double> BitsPerSecond);

/// <summary>
/// The Gaussian process behind the rate, of mean 0 and variance 1: shares of its variance that belong to a level drawn once a trace, to
/// first-order autoregressive components with the given time constants, and to noise that is new in each bin. The shares sum to 1.
/// </summary>
public sealed record ScoreProcess(double LevelShare, IReadOnlyList<ScoreComponent> Components, double NoiseShare);

/// <param name="Seconds">Time after which the component's autocorrelation has fallen to 1/e.</param>
public sealed record ScoreComponent(double Share, double Seconds);

/// <summary>A shifted lognormal (<see cref="RttModel.ShiftedLognormal"/>) and where its times were measured.</summary>
public sealed record FittedRtt(double ShiftMs, double Mu, double Sigma, string Source, int Samples, QuantileFit? Fit);

/// <summary>Quantiles of the data and of the model at the same probabilities.</summary>
public sealed record QuantileFit(IReadOnlyList<double> Probability, IReadOnlyList<double> Data, IReadOnlyList<double> Model);

/// <summary>How well drawn traces look like the data: the same statistics, computed by the same code from both. Rates in Mbit/s.</summary>
/// <param name="Mean">Mean rate.</param>
/// <param name="ZeroShare">Share of bins in which nothing can be sent.</param>
/// <param name="Marginal">Quantiles of the rate in a bin.</param>
/// <param name="Autocorrelation">Of the rate, about the mean of all traces.</param>
/// <param name="WindowMeans">Quantiles of the mean rate of stretches of <see cref="WindowMeansSeconds"/> seconds: what a window gets.</param>
public sealed record LinkFitQuality(FitPair Mean, FitPair ZeroShare, QuantileFit Marginal, AutocorrelationFit Autocorrelation, double WindowMeansSeconds, QuantileFit WindowMeans);

public sealed record FitPair(double Data, double Model);

public sealed record AutocorrelationFit(IReadOnlyList<double> LagSeconds, IReadOnlyList<double> Data, IReadOnlyList<double> Model);

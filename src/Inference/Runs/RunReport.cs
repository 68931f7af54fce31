using System.Text.Json.Serialization;
using MathNet.Numerics.Statistics;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Flights;

namespace RlOffload.Inference.Runs;

/// <summary>Median and 95th percentile of a duration, ms.</summary>
public sealed record Spread(double Median, double P95)
{
    public static Spread OfSeconds(IEnumerable<double> seconds)
    {
        var sorted = seconds.Where(double.IsFinite).Order().ToArray();
        return sorted.Length == 0 ? new Spread(0, 0)
            : new Spread(Math.Round(SortedArrayStatistics.Quantile(sorted, 0.5) * 1000, 3), Math.Round(SortedArrayStatistics.Quantile(sorted, 0.95) * 1000, 3));
    }
}

/// <summary>A part of the latency as measured, and as the cost model has it on the link that was, ms, over requests answered by the server or as planned locally.</summary>
/// <param name="Error">|measured - predicted| / predicted latency, a fraction of the whole: median and 95th percentile.</param>
public sealed record LatencyPart(string Part, Spread Measured, Spread Predicted, double MedianError, double P95Error);

/// <param name="Measured">Share of all requests whose answer came in time and was right.</param>
/// <param name="Predicted">The profile's accuracy for what was answered: plan's, or branch's where it fell back; 0 where missed.</param>
public sealed record AccuracyPair(double Measured, double Predicted);

/// <summary>What a run over a real socket came to.</summary>
public sealed record RunReport
{
    public required int Requests { get; init; }
    public required string Model { get; init; }
    public required string Policy { get; init; }
    public required string Link { get; init; }
    public required double LinkMeanMbitS { get; init; }
    public required double Speed { get; init; }
    public required double DeviceTimeFactor { get; init; }
    public required double ServerTimeFactor { get; init; }
    public required double Seconds { get; init; }
    public required double Reward { get; init; }
    public required double RewardPredicted { get; init; }

    /// <summary>Null where no labels were given.</summary>
    public required AccuracyPair? Accuracy { get; init; }

    /// <summary>Of requests answered in time, ms.</summary>
    public required Spread LatencyMs { get; init; }

    /// <summary>|measured - predicted| / predicted over requests that ended the same way in both: the cost model on the link that was.</summary>
    public required ErrorPair ModelError { get; init; }

    /// <summary>The errors behind it, one a request.</summary>
    [JsonIgnore]
    public IReadOnlyList<double> ModelErrors { get; init; } = [];

    /// <summary>The same against what the device expected when it decided, which includes not knowing the link.</summary>
    public required ErrorPair ExpectedError { get; init; }

    public required IReadOnlyList<LatencyPart> Parts { get; init; }
    public required IReadOnlyDictionary<string, int> Outcomes { get; init; }

    /// <summary>Requests that ended the same way in the simulator.</summary>
    public required double SameOutcome { get; init; }

    public required IReadOnlyDictionary<string, int> Plans { get; init; }

    /// <summary>Why requests were not answered as planned.</summary>
    public required IReadOnlyDictionary<string, int> Reasons { get; init; }

    /// <summary>What a refusing server said; null if none did.</summary>
    public required string? Refusal { get; init; }

    public required MicroSpread DecisionUs { get; init; }

    /// <summary>Decisions that the policy or ONNX Runtime could not make.</summary>
    public required long PolicyFallbacks { get; init; }

    /// <summary>How often and how long the server was given up.</summary>
    public required BreakerCounts Breaker { get; init; }

    /// <summary>What the device knew of the link at the end; null where it sent nothing that was answered.</summary>
    public required LinkEstimate? LinkEstimate { get; init; }

    /// <summary>Real time of heads on this machine, times the device's factor, over the profile's: 1 where the profile holds here.</summary>
    public required double? HeadTimeRatio { get; init; }

    /// <summary>Mean bytes a message on the wire beyond its packed numbers: HTTP, header and grids; what uplink.header_bytes should say.</summary>
    public required double? HeaderBytes { get; init; }

    public required double EnergyJ { get; init; }
    public required bool ServerAnswered { get; init; }
    public required IReadOnlyList<string> Warnings { get; init; }
}

public sealed record ErrorPair(double Median, double P95, int Requests);

public sealed record MicroSpread(double P50, double P99);

using MathNet.Numerics.Statistics;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Flights;

namespace RlOffload.Inference.Runs;

/// <summary>Figures over the requests of a run, beside those of its simulated twin.</summary>
internal sealed class RunSummary(CostModel model, IReadOnlyList<FlightRecord> flights, IReadOnlyList<Outcome> twin)
{
    /// <summary>Requests that ended the same way in both, in time: only there can latencies be compared.</summary>
    private readonly List<(FlightRecord Flight, Outcome Twin)> _alike =
        [.. flights.Select(f => (f, twin[f.Request])).Where(p => p.f.Outcome.Kind == p.Item2.Kind && p.f.Outcome.Kind == OutcomeKind.Answered)];

    public double Reward => flights.Average(f => f.Outcome.Reward);

    public double RewardPredicted => twin.Average(t => t.Reward);

    public Spread Latency => Spread.OfSeconds(flights.Where(f => f.Outcome.InTime).Select(f => f.Outcome.Latency));

    public double SameOutcome => flights.Average(f => f.Outcome.Kind == twin[f.Request].Kind ? 1.0 : 0);

    public IReadOnlyList<double> ModelErrors => [.. _alike.Select(p => Math.Abs(p.Flight.Outcome.Latency - p.Twin.Latency) / p.Twin.Latency)];

    public ErrorPair ModelError => Errors(ModelErrors);

    public ErrorPair ExpectedError => Errors(flights.Where(f => f.Outcome.Kind == OutcomeKind.Answered && f.Predicted.Kind == OutcomeKind.Answered)
        .Select(f => Math.Abs(f.Outcome.Latency - f.Predicted.Latency) / f.Predicted.Latency));

    public IReadOnlyList<LatencyPart> Parts =>
    [
        Part("device queue", o => o.DeviceWait), Part("device", o => o.Device), Part("uplink queue", o => o.UplinkWait), Part("uplink", o => o.Uplink),
        Part("round trip", o => o.RoundTrip), Part("server", o => o.Server), Part("all", o => o.Latency),
    ];

    public IReadOnlyDictionary<string, int> Outcomes => Count(flights.Select(f => f.Outcome.Kind.ToString().ToLowerInvariant()));

    public IReadOnlyDictionary<string, int> Plans => Count(flights.Select(f => f.Plan.ToString()));

    public IReadOnlyDictionary<string, int> Reasons => Count(flights.Where(f => f.Reason != Reason.None)
        .Select(f => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(f.Reason.ToString())));

    public MicroSpread Decisions
    {
        get
        {
            var sorted = flights.Select(f => f.DecisionSeconds * 1e6).Order().ToArray();
            return new MicroSpread(Math.Round(SortedArrayStatistics.Quantile(sorted, 0.5), 1), Math.Round(SortedArrayStatistics.Quantile(sorted, 0.99), 1));
        }
    }

    public AccuracyPair Accuracy(Func<int, int> label) => new(
        Math.Round(flights.Average(f => f.Answer >= 0 && f.Answer == label(f.Image) ? 1.0 : 0), 5), Math.Round(flights.Average(f => f.Outcome.Accuracy), 5));

    public double? HeadTimeRatio
    {
        get
        {
            var heads = flights.Where(f => f.HeadSeconds > 0 && f.Plan is { Kind: PlanKind.Split, Gate: null })
                .Select(f => f.HeadSeconds * model.Scenario.Device.TimeFactor * (f.Plan.Clock?.TimeFactor ?? 1) / model.Table[f.PlanIndex].DeviceSeconds).Order().ToArray();
            return heads.Length == 0 ? null : Math.Round(SortedArrayStatistics.Quantile(heads, 0.5), 3);
        }
    }

    public double? HeaderBytes
    {
        get
        {
            var sent = flights.Where(f => f.WireBytes > 0).ToList();
            return sent.Count == 0 ? null : Math.Round(sent.Average(f => f.WireBytes - (model.Table[f.PlanIndex].Bytes - model.Scenario.Uplink.HeaderBytes)), 1);
        }
    }

    private LatencyPart Part(string name, Func<Outcome, double> part) => new(
        name, Spread.OfSeconds(_alike.Select(p => part(p.Flight.Outcome))), Spread.OfSeconds(_alike.Select(p => part(p.Twin))),
        Errors(_alike.Select(p => Error(part, p))).Median, Errors(_alike.Select(p => Error(part, p))).P95);

    /// <summary>A local answer has no round trip; what is measured of none is none.</summary>
    private static double Error(Func<Outcome, double> part, (FlightRecord Flight, Outcome Twin) pair) =>
        part(pair.Flight.Outcome) is var measured && double.IsFinite(measured) ? Math.Abs(measured - part(pair.Twin)) / pair.Twin.Latency : 0;

    internal static ErrorPair Errors(IEnumerable<double> errors)
    {
        var sorted = errors.Where(double.IsFinite).Order().ToArray();
        return sorted.Length == 0 ? new ErrorPair(0, 0, 0)
            : new ErrorPair(Math.Round(SortedArrayStatistics.Quantile(sorted, 0.5), 5), Math.Round(SortedArrayStatistics.Quantile(sorted, 0.95), 5), sorted.Length);
    }

    internal static SortedDictionary<string, int> Count(IEnumerable<string> names) =>
        new(names.GroupBy(n => n).ToDictionary(g => g.Key, g => g.Count()), StringComparer.Ordinal);
}

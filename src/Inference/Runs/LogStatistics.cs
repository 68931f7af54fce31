using RlOffload.Environment;
using RlOffload.Inference.Flights;

namespace RlOffload.Inference.Runs;

/// <summary>What a decision log comes to.</summary>
/// <param name="Seconds">From the first arrival to the last, over all runs.</param>
/// <param name="Reward">Mean, a request.</param>
/// <param name="Accuracy">Share of right answers in time among requests whose class is known; null where none is.</param>
/// <param name="LatencyMs">Of requests answered in time.</param>
/// <param name="ExpectedError">|measured - expected| / expected latency of requests answered as planned, a fraction.</param>
/// <param name="RateMbitS">Of transfers that were finished or cut off.</param>
/// <param name="RoundTripMs">As measured from answers.</param>
/// <param name="DecisionMs">Time of a decision.</param>
public sealed record LogStatistics(
    int Sessions, int Requests, double Seconds, double Reward, double? Accuracy, double MissRate, Spread LatencyMs, ErrorPair ExpectedError, Spread RateMbitS,
    Spread RoundTripMs, Spread DecisionMs, double EnergyMj, long WireBytes, IReadOnlyDictionary<string, int> Outcomes, IReadOnlyDictionary<string, int> Plans,
    IReadOnlyDictionary<string, int> Reasons)
{
    /// <param name="decisions">At least one.</param>
    public static LogStatistics Of(IReadOnlyList<LoggedDecision> decisions)
    {
        var records = decisions.Select(d => d.Record).ToList();
        var labelled = decisions.Where(d => d.Label is not null).ToList();
        return new LogStatistics(
            decisions.Select(d => d.Session).Distinct().Count(), decisions.Count,
            Math.Round(decisions.GroupBy(d => d.Session).Sum(s => s.Max(d => d.Record.Arrival) - s.Min(d => d.Record.Arrival)), 3),
            Math.Round(records.Average(r => r.Outcome.Reward), 5),
            labelled.Count == 0 ? null : Math.Round(labelled.Average(d => d.Record.Outcome.InTime && d.Record.Answer == d.Label ? 1.0 : 0), 5),
            Math.Round(records.Average(r => r.Outcome.InTime ? 0.0 : 1), 5),
            Spread.OfSeconds(records.Where(r => r.Outcome.InTime).Select(r => r.Outcome.Latency)),
            RunSummary.Errors(records.Where(r => r.Outcome.Kind == OutcomeKind.Answered && r.Predicted.Kind == OutcomeKind.Answered)
                .Select(r => Math.Abs(r.Outcome.Latency - r.Predicted.Latency) / r.Predicted.Latency)),
            // Mbit/s are thousands of kbit/s, as ms are thousandths of s.
            Spread.OfSeconds(records.Where(LogTraces.IsTransfer).Select(r => LogTraces.Rate(r) / 1e9)),
            Spread.OfSeconds(records.Select(r => r.Outcome.RoundTrip).Where(t => t > 0)), Spread.OfSeconds(records.Select(r => r.DecisionSeconds)),
            Math.Round(records.Average(r => r.Outcome.Energy) * 1000, 4), records.Sum(r => r.WireBytes),
            RunSummary.Count(records.Select(r => DecisionJson.Name(r.Outcome.Kind))), RunSummary.Count(decisions.Select(d => d.Plan)),
            RunSummary.Count(records.Where(r => r.Reason != Reason.None).Select(r => DecisionJson.Name(r.Reason))));
    }
}

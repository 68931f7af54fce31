using System.Globalization;
using System.Text;
using RlOffload.Training.Evaluation;

namespace RlOffload.Training.Reports;

/// <summary>One line a scenario and policy (RFC 4180), numbers in full; an empty cell is a number that there is not.</summary>
public static class CsvReport
{
    private static readonly (string Name, Func<EvaluationReport, PolicyReport, object?> Value)[] Columns =
    [
        ("scenario", (r, _) => r.Config),
        ("policy", (_, p) => p.Name),
        ("seeds", (_, p) => p.Seeds),
        ("tuning_trials", (_, p) => p.TuningTrials),
        ("score", (_, p) => p.Score?.Mean),
        ("score_low", (_, p) => p.Score?.Low),
        ("score_high", (_, p) => p.Score?.High),
        ("reward", (_, p) => p.Reward),
        ("in_time_accuracy", (_, p) => p.InTimeAccuracy),
        ("accuracy", (_, p) => p.Accuracy),
        ("miss_rate", (_, p) => p.MissRate),
        ("fallback_rate", (_, p) => p.FallbackRate),
        ("drop_rate", (_, p) => p.DropRate),
        ("latency_mean_ms", (_, p) => p.LatencyMs.Mean),
        ("latency_p50_ms", (_, p) => p.LatencyMs.P50),
        ("latency_p95_ms", (_, p) => p.LatencyMs.P95),
        ("latency_p99_ms", (_, p) => p.LatencyMs.P99),
        ("energy_mj", (_, p) => p.EnergyMj),
        ("edge_memory_bytes", (_, p) => p.EdgeMemoryBytes),
        ("bytes_sent", (_, p) => p.BytesSent),
        ("decision_p50_us", (_, p) => p.DecisionUs.P50),
        ("decision_p99_us", (_, p) => p.DecisionUs.P99),
        ("windows", (r, _) => r.Windows),
        ("room", (r, _) => r.Room),
        ("room_low", (r, _) => r.RoomTaken?.Room.Low),
        ("room_high", (r, _) => r.RoomTaken?.Room.High),
        ("static_reward", (r, _) => r.StaticReward),
        ("oracle_reward", (r, _) => r.OracleReward),
    ];

    /// <summary>Only where a scenario has budgets.</summary>
    private static readonly (string Name, Func<EvaluationReport, PolicyReport, object?> Value)[] OfBudgets =
    [
        ("accuracy_shortfall", (_, p) => p.Costs?.AccuracyShortfall),
        ("energy_budget_j", (r, _) => r.Budgets?.EnergyJ),
        ("miss_budget", (r, _) => r.Budgets?.MissRate),
        ("shortfall_budget", (r, _) => r.Budgets?.AccuracyShortfall),
        ("budgets_broken", (_, p) => p.Costs is { } c ? string.Join(' ', c.Broken.Keys) : null),
        ("windows_over", (_, p) => p.Costs is { Broken: { Count: > 0 } broken } ? broken.Values.Max() : null),
    ];

    public static string Text(IReadOnlyList<EvaluationReport> scenarios)
    {
        var columns = scenarios.Any(s => s.Budgets is not null) ? [.. Columns, .. OfBudgets] : Columns;
        var text = new StringBuilder().AppendJoin(',', columns.Select(c => c.Name)).Append("\r\n");
        foreach (var report in scenarios)
            foreach (var policy in report.Policies)
                text.AppendJoin(',', columns.Select(c => Cell(c.Value(report, policy)))).Append("\r\n");
        return text.ToString();
    }

    private static string Cell(object? value)
    {
        var text = value switch
        {
            null => "",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString()!,
        };
        return text.AsSpan().ContainsAny("\",\r\n") ? $"\"{text.Replace("\"", "\"\"")}\"" : text;
    }
}

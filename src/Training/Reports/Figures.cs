using System.Globalization;
using RlOffload.Training.Evaluation;
using RlOffload.Training.Statistics;

namespace RlOffload.Training.Reports;

/// <summary>Numbers as a person reads them, the same in the terminal, in Markdown and on the page.</summary>
public static class Figures
{
    public static string Number(double value, int digits) => double.IsNaN(value) ? "" : value.ToString("F" + digits, CultureInfo.InvariantCulture);

    public static string Percent(double share) => Number(100 * share, 1) + " %";

    public static string Range(Interval interval, int digits) => $"{Number(interval.Low, digits)}..{Number(interval.High, digits)}";

    /// <summary>0.85 (0.76..0.92).</summary>
    public static string WithRange(Interval? interval, int digits = 2) => interval is null ? "" : $"{Number(interval.Mean, digits)} ({Range(interval, digits)})";

    public static string Trials(int? trials) => trials?.ToString(CultureInfo.InvariantCulture) ?? "not stated";

    /// <summary>0.85 (0.76..0.92), or why there is none.</summary>
    public static string Score(PolicyReport policy, double room) =>
        policy.Score is { } score ? WithRange(score) : room < ScoreInterval.LeastRoom ? "no room" : "none";

    /// <summary>What the two ends of the scale are.</summary>
    public static string Scale(EvaluationReport report) =>
        $"0 = {report.StaticPlan} always ({Number(report.StaticReward, 4)}), 1 = hindsight oracle ({Number(report.OracleReward, 4)}"
        + (report.Oracle.RaisedBy.Count > 0 ? $", raised by {string.Join(", ", report.Oracle.RaisedBy)})" : ")");
}

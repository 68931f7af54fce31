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
        policy.Score is { } score ? WithRange(score) : policy.BreaksBudgets ? $"breaks {string.Join(", ", policy.Costs!.Broken.Keys.Select(Short))}"
        : room < ScoreInterval.LeastRoom ? "no room" : "none";

    /// <summary>One column a budget, with the share of it that was used and in how many windows it is broken; none without budgets.</summary>
    public static IReadOnlyList<(string Head, Func<PolicyReport, string> Cell)> BudgetColumns(EvaluationReport report)
    {
        if (report.Budgets is not { } budgets)
            return [];
        (string Key, double? Budget, string Head, Func<CostReport, double> Of)[] all =
        [
            ("budgets.energy_j_per_request", budgets.EnergyJ, "J a request", c => c.EnergyJ), ("budgets.miss_rate", budgets.MissRate, "share missed", c => c.MissRate),
            ("budgets.accuracy_shortfall", budgets.AccuracyShortfall, "shortfall", c => c.AccuracyShortfall),
        ];
        return [.. all.Where(b => b.Budget is not null).Select(b => ($"{b.Head} (budget {Number(b.Budget!.Value, 3)})", (Func<PolicyReport, string>)(p => p.Costs is not { } costs ? ""
            : Number(b.Of(costs), 3) + (costs.Broken.TryGetValue(b.Key, out var windows) ? $", over in {windows} of {report.Windows * p.Seeds} windows" : ""))))];
    }

    /// <summary>What budgets mean for the table; empty without.</summary>
    public static string BudgetNote(EvaluationReport report) => report.Budgets is not { } b ? ""
        : $"Budgets are means a request over all windows. A policy that exceeds one by more than {Percent(b.Tolerance)} has no score and stands below all that keep them. "
        + $"The oracle under budgets earns {Number(b.Oracle.Reward, 4)} at {Number(b.Oracle.Costs.EnergyJ, 3)} J, {Percent(b.Oracle.Costs.MissRate)} missed, {Number(b.Oracle.Costs.AccuracyShortfall, 3)} short; "
        + "score 1 is its reward and what it left of the budgets, which bounds every policy that keeps them.";

    /// <summary>What there is to win, and what the planners leave of it to a learner; empty where it was not worked out.</summary>
    public static string Room(EvaluationReport report) => report.RoomTaken is not { } room ? ""
        : $"Room {WithRange(room.Room, 3)} reward a request" + (report.Room < ScoreInterval.LeastRoom ? $", below {ScoreInterval.LeastRoom}: no room."
        : room.BestPlanner is null ? "."
        : room.Taken!.Mean <= 0 ? $"; none of these planners takes any of it ({room.BestPlanner}: {WithRange(room.Taken)})."
        : $"; of these planners {room.BestPlanner} takes most of it, {WithRange(room.Taken)}, " + (room.ForLearning ? $"which leaves {Number(room.Left, 3)}." : "so there is no room for learning."));

    /// <summary>0.074, or why a learner has nothing to win.</summary>
    public static string Left(EvaluationReport report) => report.RoomTaken is not { } room ? ""
        : report.Room < ScoreInterval.LeastRoom ? "no room" : room.ForLearning ? Number(room.Left, 3) : $"{Number(room.Left, 3)}, no room for learning";

    private static string Short(string key) => key.Split('.')[^1];

    /// <summary>What the two ends of the scale are.</summary>
    public static string Scale(EvaluationReport report) =>
        $"0 = {report.StaticPlan} always ({Number(report.StaticReward, 4)}), 1 = hindsight oracle ({Number(report.OracleReward, 4)}"
        + (report.Oracle.RaisedBy.Count > 0 ? $", raised by {string.Join(", ", report.Oracle.RaisedBy)})" : ")");
}

using RlOffload.Environment;
using RlOffload.Environment.Oracles;

namespace RlOffload.Training.Evaluation;

/// <summary>Budgets that an evaluation was played under. Means a request over its windows; null: no such budget.</summary>
/// <param name="Tolerance">Share by which a mean may exceed its budget and counts as keeping it.</param>
public sealed record BudgetReport(double? EnergyJ, double? MissRate, double? AccuracyShortfall, double Tolerance, BudgetedOracleReport Oracle)
{
    internal static BudgetReport Of(BudgetSpec budgets, BudgetedOptima optima)
    {
        static double? Set(double budget) => double.IsPositiveInfinity(budget) ? null : budget;
        return new(Set(budgets.EnergyJoules), Set(budgets.MissRate), Set(budgets.AccuracyShortfall), BudgetSpec.Tolerance,
            new(optima.Kept, optima.Reward, CostReport.Of([optima.Costs], budgets), new(optima.Multipliers.Energy, optima.Multipliers.Misses, optima.Multipliers.AccuracyShortfall)));
    }
}

/// <summary>The oracle under budgets: score 1 is no course of its but what bounds every policy that keeps them, its reward and what it left of the budgets.</summary>
/// <param name="Kept">Whether its courses keep them all; where not, nobody is scored.</param>
/// <param name="Reward">That its courses earn, mean a request; and what they cost.</param>
public sealed record BudgetedOracleReport(bool Kept, double Reward, CostReport Costs, MultiplierReport Multipliers);

/// <summary>Reward that a unit of each cost is worth to the oracle; 0: the budget does not bind it.</summary>
public sealed record MultiplierReport(double EnergyJ, double Miss, double AccuracyShortfall);

/// <summary>Mean costs of a request.</summary>
/// <param name="Broken">Budgets that they exceed, by key of the config; and in how many windows the window's own mean does.</param>
public sealed record CostReport(double EnergyJ, double MissRate, double AccuracyShortfall, IReadOnlyDictionary<string, int> Broken)
{
    /// <param name="windows">Mean costs of a request of each window; windows are equally long.</param>
    internal static CostReport Of(IReadOnlyList<Costs> windows, BudgetSpec budgets)
    {
        var mean = windows.Aggregate(new Costs(), (sum, c) => sum + c) / windows.Count;
        return new(mean.Energy, mean.Misses, mean.AccuracyShortfall,
            budgets.Broken(mean).ToDictionary(b => b, b => windows.Count(w => budgets.Broken(w).Contains(b))));
    }
}

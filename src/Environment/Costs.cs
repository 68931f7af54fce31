namespace RlOffload.Environment;

/// <summary>What is kept apart from the reward: of a window or of a request, as a sum or a mean.</summary>
/// <param name="Energy">J.</param>
/// <param name="Misses">Requests missed or dropped.</param>
/// <param name="AccuracyShortfall">Accuracy of the best exit less the answer's; a miss counts the whole of it.</param>
public readonly record struct Costs(double Energy, double Misses, double AccuracyShortfall)
{
    public static Costs operator +(Costs a, Costs b) => new(a.Energy + b.Energy, a.Misses + b.Misses, a.AccuracyShortfall + b.AccuracyShortfall);
    public static Costs operator /(Costs a, double n) => new(a.Energy / n, a.Misses / n, a.AccuracyShortfall / n);

    /// <summary>What they amount to at a price for each.</summary>
    public double At(Costs prices) => Energy * prices.Energy + Misses * prices.Misses + AccuracyShortfall * prices.AccuracyShortfall;
}

/// <summary>Mean costs of a request that may not be exceeded; infinite where there is no budget.</summary>
public sealed record BudgetSpec(
    double EnergyJoules = double.PositiveInfinity, double MissRate = double.PositiveInfinity, double AccuracyShortfall = double.PositiveInfinity)
{
    /// <summary>Share of a budget by which a mean over windows may exceed it and still count as kept: what was tuned to it on other windows meets it only nearly.</summary>
    public const double Tolerance = 0.01;

    /// <summary>The largest share by which a budget is exceeded; 0 or less where all are kept.</summary>
    public double Excess(Costs mean) => Math.Max(mean.Energy / EnergyJoules, Math.Max(mean.Misses / MissRate, mean.AccuracyShortfall / AccuracyShortfall)) - 1;

    /// <summary>Budgets that the mean costs of a request exceed by more than <see cref="Tolerance"/>, by their names in a config.</summary>
    public IEnumerable<string> Broken(Costs mean)
    {
        if (mean.Energy > EnergyJoules * (1 + Tolerance))
            yield return "budgets.energy_j_per_request";
        if (mean.Misses > MissRate * (1 + Tolerance))
            yield return "budgets.miss_rate";
        if (mean.AccuracyShortfall > AccuracyShortfall * (1 + Tolerance))
            yield return "budgets.accuracy_shortfall";
    }
}

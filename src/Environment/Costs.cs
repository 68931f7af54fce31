namespace RlOffload.Environment;

/// <summary>What is kept apart from the reward: of a window or of a request, as a sum or a mean.</summary>
/// <param name="Energy">J.</param>
/// <param name="Misses">Requests missed or dropped.</param>
/// <param name="AccuracyShortfall">Accuracy of the best exit less the answer's; a miss counts the whole of it.</param>
public readonly record struct Costs(double Energy, double Misses, double AccuracyShortfall)
{
    public static Costs operator +(Costs a, Costs b) => new(a.Energy + b.Energy, a.Misses + b.Misses, a.AccuracyShortfall + b.AccuracyShortfall);
    public static Costs operator -(Costs a, Costs b) => new(a.Energy - b.Energy, a.Misses - b.Misses, a.AccuracyShortfall - b.AccuracyShortfall);
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

    /// <summary>Debt, in requests' worth of a budget, at which a cost is worth twice what it is without.</summary>
    private const double Patience = 10;

    /// <summary>
    /// Reward that a unit of each cost is worth while there are debts: a constant part and one that grows with the virtual queue. Weighing costs by queues is
    /// drift plus penalty (Neely 2010, ch. 4), the constant its place-holder backlog (4.8): a queue that begins every window empty would first have to fill.
    /// </summary>
    /// <param name="worth">Reward that a budget's worth of each cost is worth without debt.</param>
    public Costs Prices(Costs worth, Observation o) => new(
        worth.Energy / EnergyJoules * (1 + o.EnergyDebt / Patience), worth.Misses / MissRate * (1 + o.MissDebt / Patience),
        worth.AccuracyShortfall / AccuracyShortfall * (1 + o.AccuracyDebt / Patience));

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

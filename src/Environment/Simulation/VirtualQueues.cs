namespace RlOffload.Environment.Simulation;

/// <summary>
/// What has been spent beyond the budgets: at each request Z = max(Z + cost - budget, 0), with the costs that became known to the device since the
/// request before. Z stays bounded exactly if the mean cost keeps the budget (virtual queues of M. J. Neely, Stochastic Network Optimization, 2010).
/// </summary>
internal struct VirtualQueues
{
    private Costs _known;
    private double _charged; // J until the request before

    /// <summary>Z of each cost; 0 where there is no budget.</summary>
    public Costs Debts { get; private set; }

    /// <summary>The outcome of a request has become known.</summary>
    public void Known(Costs costs) => _known += costs;

    /// <summary>A request arrives.</summary>
    /// <param name="energy">J spent since the window began.</param>
    public void Arrive(BudgetSpec budgets, double energy)
    {
        Debts = new(
            Math.Max(Debts.Energy + energy - _charged - budgets.EnergyJoules, 0), Math.Max(Debts.Misses + _known.Misses - budgets.MissRate, 0),
            Math.Max(Debts.AccuracyShortfall + _known.AccuracyShortfall - budgets.AccuracyShortfall, 0));
        (_known, _charged) = (default, energy);
    }
}

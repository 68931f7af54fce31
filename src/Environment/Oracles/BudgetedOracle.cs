namespace RlOffload.Environment.Oracles;

/// <param name="Windows">The courses found: the most reward less the multipliers times the costs.</param>
/// <param name="Multipliers">Reward that a unit of each cost was taken to be worth; 0 where a budget does not bind.</param>
/// <param name="Credit">What keeping all budgets exactly is worth at the multipliers, reward a request.</param>
/// <param name="Reward">Mean a request of the courses, and what they cost.</param>
/// <param name="Kept">Whether the courses keep every budget; where not even one who knows everything was found to, nobody is scored.</param>
public sealed record BudgetedOptima(IReadOnlyList<WindowOptimum> Windows, Costs Multipliers, double Credit, double Reward, Costs Costs, bool Kept)
{
    /// <summary>
    /// Reward a request of a window, with what it left of the budgets credited and what it spent beyond them charged. By weak duality the mean over the
    /// windows of the most that can be had of this bounds the mean reward of every policy that keeps the budgets.
    /// </summary>
    /// <param name="reward">Mean a request, and the mean costs of one.</param>
    public double Worth(double reward, Costs costs) => reward - costs.At(Multipliers) + Credit;
}

/// <summary>
/// The hindsight oracle under budgets on mean costs: each window is solved for reward less multipliers times costs (Lagrangian relaxation of the budgets,
/// which tie the windows together). The multipliers are the smallest for which the mean over the windows keeps every budget, which is also where the bound
/// of <see cref="BudgetedOptima.Worth"/> is tightest. They are found with a narrow beam, then raised where the wide one still breaks a budget.
/// </summary>
/// <param name="oracle">The oracle of the same windows for some multipliers and a width of its beam.</param>
public sealed class BudgetedOracle(Func<Costs, int, HindsightOracle> oracle, BudgetSpec budgets, int width, int requests)
{
    private const int NarrowWidth = 4, MostDoublings = 12, Halvings = 6, MostRounds = 4, MostRaises = 6;

    /// <summary>First multiplier to try, reward for a request's worth of the budget; and by how much one is raised.</summary>
    private const double First = 0.05, Raise = 1.06;

    /// <summary>Solves all windows together: what one of them saves another may spend.</summary>
    /// <param name="progress">Windows of the solution at hand; it starts again with each multiplier tried.</param>
    public BudgetedOptima Solve(
        IReadOnlyList<int> windows, IReadOnlyList<Func<IPolicy>> roster, int threads, IProgress<int>? progress, CancellationToken cancel)
    {
        IReadOnlyList<WindowOptimum> solve(Costs multipliers, int beam) => oracle(multipliers, beam).Solve(windows, roster, threads, progress, cancel);
        var at = new Costs();
        var found = solve(at, width);
        if (!budgets.Broken(Mean(found)).Any())
            return Optima(found, at);
        Cost[] costs = [.. Cost.Of(budgets)];
        var narrow = Math.Min(width, NarrowWidth);
        for (var round = 0; round < (costs.Length > 1 ? MostRounds : 1); round++)
        {
            var before = at;
            foreach (var cost in costs)
                at = Smallest(cost, at, m => Mean(solve(m, narrow)));
            if (at == before)
                break;
        }
        for (var raises = 0; ; raises++)
        {
            found = solve(at, width);
            var mean = Mean(found);
            if (!budgets.Broken(mean).Any() || raises == MostRaises)
                return Optima(found, at);
            foreach (var cost in costs.Where(c => c.In(mean) > c.Budget))
                at = cost.With(at, Math.Max(cost.In(at) * Raise, First / cost.Budget));
        }
    }

    private BudgetedOptima Optima(IReadOnlyList<WindowOptimum> found, Costs multipliers)
    {
        // A policy may exceed a budget by the tolerance and counts as keeping it, so the bound has to hold for it too.
        var credit = Cost.Of(budgets).Sum(c => c.In(multipliers) * c.Budget * (1 + BudgetSpec.Tolerance));
        var mean = Mean(found);
        return new(found, multipliers, credit, found.Average(o => o.Reward) / requests, mean, !budgets.Broken(mean).Any());
    }

    /// <summary>The multipliers with the smallest one for this cost that keeps its budget, the others as they are: doubled until it does, then by bisection of its logarithm.</summary>
    private static Costs Smallest(Cost cost, Costs at, Func<Costs, Costs> mean)
    {
        bool keeps(double multiplier) => cost.In(mean(cost.With(at, multiplier))) <= cost.Budget;
        if (keeps(0))
            return cost.With(at, 0);
        var (low, high) = (0.0, First / cost.Budget);
        for (var doublings = 0; doublings < MostDoublings && !keeps(high); doublings++)
            (low, high) = (high, 2 * high);
        if (low == 0)
            low = high / 16;
        for (var halvings = 0; halvings < Halvings; halvings++)
        {
            var middle = Math.Sqrt(low * high);
            if (keeps(middle))
                high = middle;
            else
                low = middle;
        }
        return cost.With(at, high);
    }

    private Costs Mean(IReadOnlyList<WindowOptimum> found) =>
        found.Aggregate(new Costs(), (sum, o) => sum + o.Costs) / ((double)requests * found.Count);

    /// <summary>One of the costs that have a budget.</summary>
    private sealed record Cost(double Budget, Func<Costs, double> In, Func<Costs, double, Costs> With)
    {
        public static IEnumerable<Cost> Of(BudgetSpec budgets) => new Cost[]
        {
            new(budgets.EnergyJoules, c => c.Energy, (c, x) => c with { Energy = x }),
            new(budgets.MissRate, c => c.Misses, (c, x) => c with { Misses = x }),
            new(budgets.AccuracyShortfall, c => c.AccuracyShortfall, (c, x) => c with { AccuracyShortfall = x }),
        }.Where(c => c.Budget < double.PositiveInfinity);
    }
}

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
/// which tie the windows together). The multipliers sought are those of the tightest bound, where the mean over the windows just keeps every budget. They are
/// found on some of the windows by a rough search, each in proportion to what is spent of its budget, and raised where all windows still break one.
/// </summary>
/// <param name="oracle">The oracle of the same windows for some multipliers; a rough one where little time is to be spent.</param>
public sealed class BudgetedOracle(Func<Costs, bool, HindsightOracle> oracle, BudgetSpec budgets, int requests)
{
    /// <summary>Windows on which multipliers are sought, multipliers that are tried, and raises of those that do not keep the budgets.</summary>
    private const int MostWindows = 16, Rounds = 12, MostRaises = 5;

    /// <summary>First multiplier to try, reward for a request's worth of the budget; the most that one is moved by; what is too little to matter; the least raise.</summary>
    private const double First = 0.05, MostMove = 3, Nothing = 1e-4, LeastRaise = 1.03;

    /// <summary>Share by which a rough search may exceed a budget that a thorough one keeps, and at which it is sure not to.</summary>
    private const double Doubt = 0.05;

    /// <summary>Solves all windows together: what one of them saves another may spend.</summary>
    /// <param name="progress">Windows of the solution at hand; it starts again with each multiplier tried.</param>
    public BudgetedOptima Solve(
        IReadOnlyList<int> windows, IReadOnlyList<Func<IPolicy>> roster, int threads, IProgress<int>? progress, CancellationToken cancel)
    {
        IReadOnlyList<WindowOptimum> thorough(Costs multipliers) => oracle(multipliers, false).Solve(windows, roster, threads, progress, cancel);
        int[] some = [.. Enumerable.Range(0, Math.Min(windows.Count, MostWindows)).Select(i => windows[i * windows.Count / Math.Min(windows.Count, MostWindows)])];
        IReadOnlyList<WindowOptimum> rough(Costs multipliers) => oracle(multipliers, true).Solve(some, [], threads, progress, cancel);
        if (budgets.Excess(Mean(rough(default))) <= Doubt && thorough(default) is var free && !budgets.Broken(Mean(free)).Any())
            return Optima(free, default);
        Cost[] costs = [.. Cost.Of(budgets)];
        var at = Tightest(costs, rough);
        for (var raises = 0; ; raises++)
        {
            var found = thorough(at);
            var mean = Mean(found);
            if (!budgets.Broken(mean).Any() || raises == MostRaises)
                return Optima(found, at);
            foreach (var cost in costs.Where(c => c.In(mean) > c.Budget))
                at = cost.With(at, cost.In(at) > 0 ? cost.In(at) * Math.Max(LeastRaise, Math.Pow(cost.In(mean) / cost.Budget, 2)) : 0.1 * First / cost.Budget);
        }
    }

    /// <summary>
    /// The multipliers whose bound is lowest of those tried: each goes up in proportion to what is spent of its budget, in smaller and smaller moves.
    /// </summary>
    private Costs Tightest(Cost[] costs, Func<Costs, IReadOnlyList<WindowOptimum>> solve)
    {
        var at = costs.Aggregate(new Costs(), (m, c) => c.With(m, First / c.Budget));
        var (best, lowest) = (at, double.PositiveInfinity);
        for (var round = 0; round < Rounds; round++)
        {
            var found = solve(at);
            var mean = Mean(found);
            var bound = found.Average(o => o.Reward) / requests - mean.At(at) + costs.Sum(c => c.In(at) * c.Budget);
            if (bound < lowest)
                (best, lowest) = (at, bound);
            foreach (var cost in costs)
            {
                var move = Math.Pow(cost.In(mean) / cost.Budget, 3.0 / (1 + 0.25 * round));
                var next = cost.In(at) * Math.Clamp(move, 1 / MostMove, MostMove);
                at = cost.With(at, next * cost.Budget < Nothing ? 0 : next);
            }
        }
        return best;
    }

    private BudgetedOptima Optima(IReadOnlyList<WindowOptimum> found, Costs multipliers)
    {
        // A policy may exceed a budget by the tolerance and counts as keeping it, so the bound has to hold for it too.
        var credit = Cost.Of(budgets).Sum(c => c.In(multipliers) * c.Budget * (1 + BudgetSpec.Tolerance));
        var mean = Mean(found);
        return new(found, multipliers, credit, found.Average(o => o.Reward) / requests, mean, !budgets.Broken(mean).Any());
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

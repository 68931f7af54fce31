using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>
/// Finds the two prices that earn most on the training windows: a grid of octaves and zero for each, then from the best few of it a pattern
/// search with steps down to an eighth of an octave. Everything is played on the same windows, so the result is the same on every machine.
/// Under budgets, points that keep them come before all that do not; the best station prices are tried with a grid of worths of the costs, and
/// the search goes on over all of these prices.
/// </summary>
internal sealed class PriceSearch
{
    /// <summary>Prices are unit * 2^(step / 8); this step stands for the price zero.</summary>
    private const int Free = int.MinValue;
    private const int Octave = 8, Lowest = -6 * Octave, Highest = 2 * Octave, Starts = 3;

    /// <summary>Worths of a budget's worth of a cost that are tried first: 2^-5 to 2, in steps of two octaves.</summary>
    private const int LowestWorth = -5 * Octave, HighestWorth = Octave;

    private readonly PlannerSetup _setup;
    private readonly double _deviceUnit, _uplinkUnit;
    private readonly Dictionary<Point, Result> _results = [];

    private PriceSearch(PlannerSetup setup)
    {
        _setup = setup;
        var scenario = setup.Model.Scenario;
        // One unit of price makes the plan that holds a station for longest cost about as much reward as an answer gives.
        var device = setup.Candidates.Max(p => setup.Model.Table[p].DeviceSeconds);
        var uplink = setup.Candidates.Max(p => setup.Model.Table[p].Bytes) * 8 / scenario.Uplink.PriorBitsPerSecond;
        _deviceUnit = 1 / (device > 0 ? device : scenario.Deadlines.Median);
        _uplinkUnit = 1 / (uplink > 0 ? uplink : scenario.Deadlines.Median);
    }

    public static (StationPrices Stations, Costs Worth) Best(PlannerSetup setup)
    {
        var search = new PriceSearch(setup);
        var best = search.Run();
        setup.Constants?.Tried(setup.TuningKey("priced"), search._results.Count);
        return (search.PricesAt(best), WorthAt(best));
    }

    private Point Run()
    {
        int[] axis = [Free, .. Enumerable.Range(0, (Highest - Lowest) / Octave + 1).Select(i => Lowest + i * Octave)];
        var grid = axis.SelectMany(d => axis.Select(u => new Point(d, u))).ToArray();
        // Row by row, so that progress is seen.
        foreach (var row in grid.Chunk(axis.Length))
        {
            Play(row);
            _setup.Progress?.Report(0.8 * _results.Count / grid.Length);
        }
        if (_setup.Model.Scenario.Budgets is { } budgets && grid.MaxBy(p => _results[p].Reward) is var free && _results[free].Excess > 0)
            Play([.. WithWorths(budgets, [free, .. Ranked(grid).Take(Starts)])]);
        var starts = Ranked(_results.Keys).Take(Starts).ToArray();
        for (var s = 0; s < starts.Length; s++)
        {
            Refine(starts[s]);
            _setup.Progress?.Report(0.8 + 0.2 * (s + 1) / starts.Length);
        }
        return Ranked(_results.Keys).First();
    }

    private static IEnumerable<Point> WithWorths(BudgetSpec budgets, IEnumerable<Point> points)
    {
        int[] worths = [Free, .. Enumerable.Range(0, (HighestWorth - LowestWorth) / (2 * Octave) + 1).Select(i => LowestWorth + 2 * i * Octave)];
        int[] Of(double budget) => budget < double.PositiveInfinity ? worths : [Free];
        return from p in points.Distinct()
               from e in Of(budgets.EnergyJoules)
               from m in Of(budgets.MissRate)
               from a in Of(budgets.AccuracyShortfall)
               select p with { Energy = e, Misses = m, Shortfall = a };
    }

    private void Refine(Point at)
    {
        for (var step = Octave; step >= 1; step /= 2)
            while (true)
            {
                int[] devices = [Moved(at.Device, -step), at.Device, Moved(at.Device, step)];
                int[] uplinks = [Moved(at.Uplink, -step), at.Uplink, Moved(at.Uplink, step)];
                Point[] around = [.. devices.SelectMany(d => uplinks.Select(u => at with { Device = d, Uplink = u })).Concat(OtherWorths(at, step)).Distinct()];
                Play(around);
                var best = Ranked(around).First();
                if (best == at)
                    break;
                at = best;
            }
    }

    /// <summary>One worth at a time; none that is free, because then its budget does not bind.</summary>
    private static IEnumerable<Point> OtherWorths(Point at, int step)
    {
        foreach (var by in new[] { -step, step })
        {
            if (at.Energy != Free)
                yield return at with { Energy = MovedWorth(at.Energy + by) };
            if (at.Misses != Free)
                yield return at with { Misses = MovedWorth(at.Misses + by) };
            if (at.Shortfall != Free)
                yield return at with { Shortfall = MovedWorth(at.Shortfall + by) };
        }
    }

    /// <summary>Three octaves below and five above the grid it ends.</summary>
    private static int MovedWorth(int to) => to < LowestWorth - 3 * Octave ? Free : Math.Min(to, HighestWorth + 5 * Octave);

    /// <summary>Below the lowest price lies zero, above zero the lowest; far above the grid it ends.</summary>
    private static int Moved(int from, int step) =>
        from == Free ? (step > 0 ? Lowest : Free)
        : from + step < Lowest ? Free
        : Math.Min(from + step, Highest + 4 * Octave);

    /// <summary>Those that keep the budgets, then those that exceed them least; most reward first, of equals the lowest prices.</summary>
    private IEnumerable<Point> Ranked(IEnumerable<Point> points) =>
        points.OrderBy(p => _results[p].Excess).ThenByDescending(p => _results[p].Reward).ThenBy(p => p.Device).ThenBy(p => p.Uplink)
            .ThenBy(p => p.Energy).ThenBy(p => p.Misses).ThenBy(p => p.Shortfall);

    private void Play(Point[] points)
    {
        var fresh = points.Where(p => !_results.ContainsKey(p)).Distinct().ToArray();
        var policies = fresh.Select(p => new PricedPlanner(_setup.Model, _setup.Candidates, PricesAt(p), WorthAt(p))).ToArray();
        var means = Rollout.Means(_setup.Training, policies, _setup.TrainingWindows, _setup.Threads);
        for (var i = 0; i < fresh.Length; i++)
            _results[fresh[i]] = new(means[i].Reward, Math.Max(_setup.Model.Scenario.Budgets?.Excess(means[i].Costs) ?? 0, 0));
    }

    private StationPrices PricesAt(Point at) => new(_deviceUnit * Price(at.Device), _uplinkUnit * Price(at.Uplink));

    private static Costs WorthAt(Point at) => new(Price(at.Energy), Price(at.Misses), Price(at.Shortfall));

    private static double Price(int step) => step == Free ? 0 : Math.Pow(2, (double)step / Octave);

    private readonly record struct Point(int Device, int Uplink, int Energy = Free, int Misses = Free, int Shortfall = Free);

    /// <param name="Excess">Share by which a budget is exceeded; 0 where all are kept.</param>
    private readonly record struct Result(double Reward, double Excess);
}

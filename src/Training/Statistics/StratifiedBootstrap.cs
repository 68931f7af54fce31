using MathNet.Numerics.Distributions;
using RlOffload.Environment;

namespace RlOffload.Training.Statistics;

/// <summary>
/// Resamples the seeds and the windows of each scenario by themselves (stratified, as Agarwal et al. 2021 resample runs within tasks) and
/// gives the interval of any statistic of the scores. A draw's windows are the same for every policy of the scenario, so differences are
/// paired. The percentiles are expanded (Hesterberg, What Teachers Should Know about the Bootstrap, 2015): a stratum of K resampled units is
/// too narrow by sqrt((K - 1) / K) and its tails are Student's with the strata's degrees of freedom together.
/// Seeded by scenario and draw: the same rewards give the same digits, whatever else is compared.
/// </summary>
public sealed class StratifiedBootstrap
{
    private readonly ScenarioRuns[] _scenarios;
    private readonly ulong _seed;
    private readonly int _draws;
    private readonly int[][] _windows, _seeds;

    /// <param name="scenarios">Those with room; others have no score.</param>
    public StratifiedBootstrap(IReadOnlyList<ScenarioRuns> scenarios, ulong seed, int draws)
    {
        _scenarios = [.. scenarios.Where(s => s.HasRoom)];
        if (_scenarios.Length == 0)
            throw new ArgumentException("at least one scenario with room is needed", nameof(scenarios));
        (_seed, _draws) = (seed, draws);
        _windows = [.. _scenarios.Select(s => new int[s.Windows])];
        _seeds = [.. _scenarios.Select(s => new int[s.Seeds])];
        Scores = Resample(null);
    }

    /// <summary>Scores of all scenarios and seeds, one after the other.</summary>
    public IReadOnlyList<double> Scores { get; }

    public Interval Of(Func<ReadOnlySpan<double>, double> statistic) => Of([statistic])[0];

    /// <summary>Each statistic over the same draws.</summary>
    public IReadOnlyList<Interval> Of(IReadOnlyList<Func<ReadOnlySpan<double>, double>> statistics)
    {
        var values = statistics.Select(_ => new double[_draws]).ToArray();
        for (var d = 0; d < _draws; d++)
        {
            var scores = Resample(d);
            for (var s = 0; s < statistics.Count; s++)
                values[s][d] = statistics[s](scores);
        }
        var tail = Tail(_scenarios);
        var exact = Scores.ToArray();
        return [.. statistics.Select((f, s) => Of(f(exact), values[s], tail))];
    }

    /// <summary>
    /// Probability that a policy earns more than another in a window of a scenario, a tie counting half: the share of windows and pairs of
    /// seeds, averaged over the scenarios that both have played. Paired by window, where Agarwal et al. compare all runs with all.
    /// </summary>
    public static Interval Improvement(IReadOnlyList<ScenarioRuns> policy, IReadOnlyList<ScenarioRuns> over, ulong seed, int draws)
    {
        var pairs = (from a in policy join b in over on a.Scenario equals b.Scenario select (A: a, B: b)).ToArray();
        if (pairs.Length == 0)
            throw new ArgumentException("the two policies have no scenario in common", nameof(over));
        var wins = pairs.Select(p => Wins(p.A, p.B)).ToArray();
        var values = new double[draws];
        int[][] windows = [.. pairs.Select(p => new int[p.A.Windows])], first = [.. pairs.Select(p => new int[p.A.Seeds])], second = [.. pairs.Select(p => new int[p.B.Seeds])];
        for (var d = 0; d < draws; d++)
        {
            for (var m = 0; m < pairs.Length; m++)
            {
                Draw(seed, d, pairs[m].A.Scenario, windows[m], first[m]);
                Draw(seed, d, pairs[m].B.Scenario + " again", [], second[m]);
                values[d] += Mean(wins[m], windows[m], first[m], second[m]) / pairs.Length;
            }
        }
        var all = pairs.Select((p, m) => Mean(wins[m], All(p.A.Windows), All(p.A.Seeds), All(p.B.Seeds))).Average();
        return Of(all, values, Math.Min(Tail([.. pairs.Select(p => p.A)]), Tail([.. pairs.Select(p => p.B)])));
    }

    /// <summary>Share below which the expanded interval's lower end lies; at most 0.025.</summary>
    internal static double Tail(IReadOnlyList<ScenarioRuns> scenarios)
    {
        // Seeds are few and say most about the spread; a planner has none, and then windows are what was resampled.
        var seeds = scenarios.Where(s => s.Seeds > 1).Select(s => s.Seeds).ToArray();
        var units = seeds.Length > 0 ? seeds : [.. scenarios.Where(s => s.Windows > 1).Select(s => s.Windows)];
        if (units.Length == 0)
            return 0.025;
        double least = units.Min();
        return Normal.CDF(0, 1, -Math.Sqrt(least / (least - 1)) * StudentT.InvCDF(0, 1, units.Sum(u => u - 1), 0.975));
    }

    private static Interval Of(double estimate, double[] values, double tail)
    {
        Array.Sort(values);
        return new Interval(estimate, Quantiles.Of(values, tail), Quantiles.Of(values, 1 - tail));
    }

    /// <summary>Scores of one draw; null: of the rewards as they are.</summary>
    private double[] Resample(int? draw)
    {
        var scores = new double[_scenarios.Sum(s => s.Seeds)];
        var at = 0;
        for (var m = 0; m < _scenarios.Length; m++)
        {
            var (s, windows, seeds) = (_scenarios[m], _windows[m], _seeds[m]);
            if (draw is { } d)
                Draw(_seed, d, s.Scenario, windows, seeds);
            else
                (windows, seeds) = (All(s.Windows), All(s.Seeds));
            double room = 0, zero = 0;
            foreach (var w in windows)
                (room, zero) = (room + s.Oracle[w] - s.Anchor[w], zero + s.Anchor[w]);
            foreach (var k in seeds)
            {
                var won = -zero;
                foreach (var w in windows)
                    won += s.Rewards[k][w];
                // A draw without room says nothing of the score; it counts as the estimate.
                scores[at++] = room > 1e-9 * s.Windows ? won / room : Scores[at - 1];
            }
        }
        return scores;
    }

    private static void Draw(ulong seed, int draw, string scenario, int[] windows, int[] seeds)
    {
        var rng = Rng.Keyed(seed, (ulong)draw, Key(scenario), RngPurpose.Bootstrap);
        for (var i = 0; i < windows.Length; i++)
            windows[i] = rng.NextInt(windows.Length);
        for (var i = 0; i < seeds.Length; i++)
            seeds[i] = rng.NextInt(seeds.Length);
    }

    /// <summary>FNV-1a (Fowler, Noll, Vo): the same on every machine and in every run.</summary>
    private static ulong Key(string text)
    {
        var hash = 14695981039346656037;
        foreach (var c in text)
            hash = (hash ^ c) * 1099511628211;
        return hash;
    }

    /// <summary>[window][seed of a][seed of b]: 1 where a earned more, 1/2 where the same.</summary>
    private static double[][,] Wins(ScenarioRuns a, ScenarioRuns b) => [.. Enumerable.Range(0, a.Windows).Select(w =>
    {
        var wins = new double[a.Seeds, b.Seeds];
        for (var j = 0; j < a.Seeds; j++)
            for (var k = 0; k < b.Seeds; k++)
                wins[j, k] = a.Rewards[j][w] > b.Rewards[k][w] ? 1 : a.Rewards[j][w] == b.Rewards[k][w] ? 0.5 : 0;
        return wins;
    })];

    private static double Mean(double[][,] wins, int[] windows, int[] first, int[] second)
    {
        var sum = 0.0;
        foreach (var w in windows)
            foreach (var j in first)
                foreach (var k in second)
                    sum += wins[w][j, k];
        return sum / (windows.Length * first.Length * second.Length);
    }

    private static int[] All(int count) => [.. Enumerable.Range(0, count)];
}

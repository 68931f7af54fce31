using RlOffload.Environment;

namespace RlOffload.Training.Statistics;

/// <param name="Coverage">Share of experiments whose 95 % interval held the truth.</param>
/// <param name="Width">Mean width of the intervals.</param>
public sealed record Coverage(string Population, int Windows, int Seeds, string Method, double Share, double Width);

/// <summary>
/// How often the intervals hold the truth, found by repeating whole experiments on populations whose truth is known. Windows vary in their
/// room (lognormal), and a policy wins part of it with noise that is normal or skewed (mostly fine, now and then a failure, as deadlines
/// missed in a burst make it); seeds add what training adds.
/// </summary>
public sealed class CoverageStudy(int experiments, int draws, ulong seed)
{
    private const double Truth = 0.6;

    /// <summary>Score of one policy over windows: the interval in use beside BCa, the plain percentile and the normal one.</summary>
    public IReadOnlyList<Coverage> Windows(int windows, bool skewed)
    {
        string[] methods = ["bootstrap-t", "BCa", "percentile", "normal"];
        return Count(methods, skewed ? "skewed" : "normal", windows, 1, i =>
        {
            var (gain, room) = Draw(i, windows, [0], skewed);
            return Intervals(gain[0], room, (ulong)i);
        }, Truth);
    }

    /// <summary>The same on windows resampled from a real evaluation, whose own score is the truth.</summary>
    /// <param name="gain">Policy less static, by window.</param>
    /// <param name="room">Oracle less static, by window.</param>
    public IReadOnlyList<Coverage> Real(string name, IReadOnlyList<double> gain, IReadOnlyList<double> room, int windows) =>
        Count(["bootstrap-t", "BCa", "percentile", "normal"], name, windows, 1, i =>
        {
            var rng = Rng.Keyed(seed, (ulong)i, 1, RngPurpose.Noise);
            var chosen = Enumerable.Range(0, windows).Select(_ => rng.NextInt(gain.Count)).ToArray();
            return Intervals([.. chosen.Select(w => gain[w])], [.. chosen.Select(w => room[w])], (ulong)i);
        }, gain.Sum() / room.Sum());

    /// <summary>Score of a learner over seeds and windows: the interval in use beside the percentiles of a bootstrap over seeds.</summary>
    public IReadOnlyList<Coverage> Seeds(int seeds, int windows, bool skewed) =>
        Count(["crossed t", "percentile over seeds"], skewed ? "skewed" : "normal", windows, seeds, i =>
        {
            var (gain, room) = Draw(i, windows, [.. Enumerable.Range(0, seeds).Select(k => SeedEffect(i, 0, k))], skewed);
            var scores = gain.Select(g => g.Sum() / room.Sum()).ToArray();
            return [CrossedInterval.Ratio(gain, room), Percentile(seeds, units => Aggregates.Mean(Pick(scores, units)), (ulong)i)];
        }, Truth);

    /// <summary>Interquartile mean over scenarios and seeds: expanded percentiles beside plain ones.</summary>
    public IReadOnlyList<Coverage> InterquartileMeans(int scenarios, int seeds, int windows)
    {
        // Scenarios differ, and the truth is the interquartile mean of all runs that there could be.
        double Shift(int m) => 0.3 * ((m + 0.5) / scenarios - 0.5);
        var many = Enumerable.Range(0, 200_000).Select(i => Truth + Shift(i % scenarios) + SeedEffect(-1, i % scenarios, i)).ToArray();
        var truth = Aggregates.InterquartileMean(many);
        return Count(["expanded percentile", "percentile over seeds"], $"IQM of {scenarios} scenarios", windows, seeds, i =>
        {
            var runs = Enumerable.Range(0, scenarios).Select(m =>
            {
                var (gain, room) = Draw(i * scenarios + m, windows, [.. Enumerable.Range(0, seeds).Select(k => Shift(m) + SeedEffect(i, m, k))], skewed: true);
                return new ScenarioRuns($"{m}", gain, new double[windows], room);
            }).ToArray();
            var scores = runs.Select(r => r.Rewards.Select(g => g.Sum() / r.Oracle.Sum()).ToArray()).ToArray();
            var rng = Rng.Keyed(seed, (ulong)i, 2, RngPurpose.Bootstrap);
            var values = new double[draws];
            for (var d = 0; d < draws; d++)
                values[d] = Aggregates.InterquartileMean(scores.SelectMany(s => s.Select(_ => s[rng.NextInt(s.Length)])).ToArray());
            Array.Sort(values);
            return [new StratifiedBootstrap(runs, (ulong)i, draws).Of(Aggregates.InterquartileMean),
                new Interval(0, Quantiles.Of(values, 0.025), Quantiles.Of(values, 0.975))];
        }, truth);
    }

    private Interval[] Intervals(double[] gain, double[] room, ulong i)
    {
        double Score(ReadOnlySpan<int> units) => Pick(gain, units).Sum() / Pick(room, units).Sum();
        var t = BootstrapT.Ratio(gain, room, i, draws);
        var mean = room.Average();
        var se = Math.Sqrt(gain.Select((g, w) => (g - t.Mean * room[w]) / mean).Sum(e => e * e) / (gain.Length - 1) / gain.Length);
        return [t, Bca.Of(gain.Length, Score, i, draws), Percentile(gain.Length, Score, i), new Interval(t.Mean, t.Mean - 1.96 * se, t.Mean + 1.96 * se)];
    }

    private Interval Percentile(int units, Func<ReadOnlySpan<int>, double> statistic, ulong i)
    {
        var rng = Rng.Keyed(seed, i, 3, RngPurpose.Bootstrap);
        var chosen = new int[units];
        var values = new double[draws];
        for (var d = 0; d < draws; d++)
        {
            for (var u = 0; u < units; u++)
                chosen[u] = rng.NextInt(units);
            values[d] = statistic(chosen);
        }
        Array.Sort(values);
        return new Interval(0, Quantiles.Of(values, 0.025), Quantiles.Of(values, 0.975));
    }

    /// <summary>Gains [seed][window] and rooms [window] of one experiment; E[gain of a seed] = (truth + its effect) E[room].</summary>
    private (double[][] Gain, double[] Room) Draw(int experiment, int windows, double[] effects, bool skewed)
    {
        var gain = effects.Select(_ => new double[windows]).ToArray();
        var room = new double[windows];
        for (var w = 0; w < windows; w++)
        {
            var rng = Rng.Keyed(seed, (ulong)experiment, (ulong)w, RngPurpose.Noise);
            const double spread = 0.6;
            room[w] = 0.15 * Math.Exp(spread * rng.NextGaussian() - spread * spread / 2);
            // What a window does to every seed alike, and to each by itself.
            var common = Noise(ref rng, skewed);
            for (var k = 0; k < effects.Length; k++)
                gain[k][w] = (Truth + effects[k]) * room[w] + 0.03 * common + 0.02 * Noise(ref rng, skewed);
        }
        return (gain, room);
    }

    private double SeedEffect(int experiment, int scenario, int k)
    {
        var rng = Rng.Keyed(seed, (ulong)(uint)experiment, ((ulong)scenario << 32) + (uint)k, RngPurpose.Weights);
        return 0.08 * rng.NextGaussian();
    }

    /// <summary>Mean 0, variance 1: standard normal, or 1 less an exponential.</summary>
    private static double Noise(ref Rng rng, bool skewed) => skewed ? 1 - rng.NextExponential() : rng.NextGaussian();

    private static double[] Pick(double[] values, ReadOnlySpan<int> units)
    {
        var picked = new double[units.Length];
        for (var i = 0; i < picked.Length; i++)
            picked[i] = values[units[i]];
        return picked;
    }

    private IReadOnlyList<Coverage> Count(string[] methods, string population, int windows, int seeds, Func<int, Interval[]> experiment, double truth)
    {
        var held = new int[experiments][];
        var widths = new double[experiments][];
        Parallel.For(0, experiments, i =>
        {
            var intervals = experiment(i);
            held[i] = [.. intervals.Select(v => v.Low <= truth && truth <= v.High ? 1 : 0)];
            widths[i] = [.. intervals.Select(v => v.High - v.Low)];
        });
        return [.. methods.Select((name, m) => new Coverage(population, windows, seeds, name, held.Average(h => h[m]), widths.Average(v => v[m])))];
    }
}

using System.Globalization;
using RlOffload.Environment;
using RlOffload.Training.Suites;

namespace RlOffload.Training.Regimes;

/// <param name="Load">Factor on the rate of requests.</param>
/// <param name="Deadline">Factor on the median deadline.</param>
public readonly record struct Regime(double Load, ArrivalKind Arrivals, RateKnowledge Knowledge, double Deadline)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"load x{Load:0.###}, {Arrivals.ToString().ToLowerInvariant()}, {Knowledge.ToString().ToLowerInvariant()}, deadline x{Deadline:0.###}");
}

/// <summary>
/// The four things that decide whether there is anything to learn: how much work comes, how it comes, how old the knowledge of the link is, and how long
/// an answer may take. A map has a cell for each combination.
/// </summary>
public sealed record RegimeAxes
{
    public IReadOnlyList<double> Loads { get; init; } = [0.5, 1, 2];
    public IReadOnlyList<ArrivalKind> Arrivals { get; init; } = [ArrivalKind.Periodic, ArrivalKind.Poisson, ArrivalKind.Bursty];
    public IReadOnlyList<RateKnowledge> Knowledge { get; init; } = [RateKnowledge.Own, RateKnowledge.Modem];
    public IReadOnlyList<double> Deadlines { get; init; } = [0.5, 1, 2];

    /// <summary>Cells by arrivals, knowledge, load, deadline.</summary>
    public IReadOnlyList<Regime> Regimes =>
        [.. from arrivals in Arrivals from knowledge in Knowledge from load in Loads from deadline in Deadlines select new Regime(load, arrivals, knowledge, deadline)];

    /// <summary>The config's scenario moved to each regime.</summary>
    /// <param name="overrides">Of the user, for every cell.</param>
    /// <exception cref="InputException">What is wrong with the axes or the config.</exception>
    public IReadOnlyList<SuiteEntry> Entries(string config, IReadOnlyList<string> overrides)
    {
        var problems = Loads.Where(Unusable).Select(v => $"--load:{v.ToString(CultureInfo.InvariantCulture)}: allowed is a factor from 0.01 to 100")
            .Concat(Deadlines.Where(Unusable).Select(v => $"--deadline:{v.ToString(CultureInfo.InvariantCulture)}: allowed is a factor from 0.01 to 100"))
            .Concat(Arrivals.Contains(ArrivalKind.Recorded) ? ["--arrivals:recorded: has no rate to change, allowed are periodic, poisson, bursty"] : Array.Empty<string>()).ToList();
        if (problems.Count > 0)
            throw new InputException(problems);
        var told = Experiment.Load(config, overrides);
        return [.. Regimes.Select(r => new SuiteEntry(config, [
            .. overrides, $"name={told.Name} {r}",
            Text("arrivals.mean_gap_s", told.Told.Arrivals.MeanGap / r.Load), $"arrivals.kind={r.Arrivals.ToString().ToLowerInvariant()}",
            $"uplink.observe={r.Knowledge.ToString().ToLowerInvariant()}", Text("deadlines.median_s", told.Told.Deadlines.Median * r.Deadline)]))];
    }

    private static bool Unusable(double factor) => !(factor is >= 0.01 and <= 100);

    private static string Text(string key, double value) => string.Create(CultureInfo.InvariantCulture, $"{key}={value:G10}");
}

using System.Text.Json;
using System.Text.Json.Serialization;
using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Training.Evaluation;
using RlOffload.Training.Statistics;
using RlOffload.Training.Suites;

namespace RlOffload.Training.Regimes;

[JsonConverter(typeof(JsonStringEnumConverter<RegimeVerdict>))]
public enum RegimeVerdict
{
    /// <summary>One fixed plan does as well as one who knows the future.</summary>
    NoRoom,

    /// <summary>A planner leaves less than <see cref="ScoreInterval.LeastRoom"/> reward a request.</summary>
    PlannersSuffice,

    /// <summary>Planners leave more, but one that knows the link or the arrivals does not win that much of it, nor does a policy that was given: it hangs on what only the oracle knows.</summary>
    Unforeseeable,

    /// <summary>Planners leave more, and nothing shows that it could not be had.</summary>
    RoomLeft,
}

/// <summary>One cell: who does best in this regime, and what is left.</summary>
/// <param name="Room">Hindsight oracle less best fixed plan, reward a request.</param>
/// <param name="Planner">The planner that earns most; picked on these very windows, so its score flatters it a little.</param>
/// <param name="Left">Oracle less that planner, reward a request.</param>
/// <param name="Scores">Score of every policy, diagnostics included; empty where there is no room.</param>
/// <param name="Learned">Trained policies less <paramref name="Planner"/>, reward a request, with the paired 95 % interval over windows, and over seeds where there are several.</param>
public sealed record RegimeCell(
    double Load, [property: JsonConverter(typeof(JsonStringEnumConverter<ArrivalKind>))] ArrivalKind Arrivals,
    [property: JsonConverter(typeof(JsonStringEnumConverter<RateKnowledge>))] RateKnowledge Knowledge, double Deadline, double Room, string StaticPlan, string Planner, double Left,
    IReadOnlyDictionary<string, double> Scores, IReadOnlyDictionary<string, Interval> Learned, RegimeVerdict Verdict)
{
    /// <summary>Score of the best planner; null where there is no room.</summary>
    public double? PlannerScore => Scores.TryGetValue(Planner, out var score) ? score : null;
}

/// <summary>Where in the space of loads, arrivals, knowledge and deadlines a learner has anything to win.</summary>
public sealed record RegimeMap(string Config, int Windows, RegimeAxes Axes, IReadOnlyList<RegimeCell> Cells)
{
    /// <summary>Planners worth having in a map, and what knowing more would be worth.</summary>
    public static readonly string[] DefaultPolicies = ["static", "greedy", "priced", "conservative", "probe-rule", "mpc", "knows-link", "knows-arrivals"];

    /// <exception cref="InputException">No map is in the file.</exception>
    public static RegimeMap Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<RegimeMap>(File.ReadAllBytes(path), ProfileFile.Json) is { Cells.Count: > 0 } map ? map : throw new InputException(path, "cells", "is empty, allowed is a map of one cell or more");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or NotSupportedException)
        {
            throw new InputException(path, "file", $"is no map of regimes ({e.Message}); allowed is what 'rloffload regimes --json' wrote");
        }
    }

    public void Write(string path) => RunFolder.WriteText(path, JsonSerializer.Serialize(this, ProfileFile.Json));

    /// <param name="suite">Of the entries of <paramref name="axes"/>, in their order.</param>
    public static RegimeMap Of(string config, RegimeAxes axes, SuiteReport suite, int bootstrap) => new(
        config, suite.Scenarios.Select(s => s.Windows).DefaultIfEmpty(0).Max(), axes, [.. axes.Regimes.Zip(suite.Scenarios, (r, s) => Cell(r, s, bootstrap))]);

    private static RegimeCell Cell(Regime regime, EvaluationReport report, int bootstrap)
    {
        var planner = report.Ranked.FirstOrDefault(p => Contestants.IsCausalPlanner(p.Name));
        var (name, reward) = planner is null ? ("static", report.StaticReward) : (planner.Name, planner.Reward);
        var left = report.OracleReward - reward;
        var baseline = report.Rewards.GetValueOrDefault(name) ?? report.AnchorRewards;
        return new RegimeCell(regime.Load, regime.Arrivals, regime.Knowledge, regime.Deadline, report.Room, report.StaticPlan, name, left,
            report.Policies.Where(p => p.Score is not null).DistinctBy(p => p.Name).ToDictionary(p => p.Name, p => p.Score!.Mean),
            report.Policies.Where(p => !PlannerCatalogue.Knows(p.Name) && report.Rewards.ContainsKey(p.Name)).DistinctBy(p => p.Name).ToDictionary(p => p.Name, p =>
                report.SeedRewards.TryGetValue(p.Name, out var seeds) && seeds.Count > 1
                    ? CrossedInterval.Difference(seeds, [baseline])
                    : ScoreInterval.Difference([.. report.Rewards[p.Name]], [.. baseline], report.Seed, bootstrap)),
            Judge(report, reward, left));
    }

    private static RegimeVerdict Judge(EvaluationReport report, double planner, double left)
    {
        if (report.Room < ScoreInterval.LeastRoom)
            return RegimeVerdict.NoRoom;
        if (left < ScoreInterval.LeastRoom)
            return RegimeVerdict.PlannersSuffice;
        // The oracle's own courses say nothing of what can be known.
        var informed = report.Policies.Where(p => Contestants.IsDiagnostic(p.Name) && p.Name != "hindsight").ToArray();
        var best = informed.Concat(report.Policies.Where(p => !PlannerCatalogue.Knows(p.Name))).Select(p => p.Reward).DefaultIfEmpty().Max();
        return informed.Length > 0 && best - planner < ScoreInterval.LeastRoom ? RegimeVerdict.Unforeseeable : RegimeVerdict.RoomLeft;
    }
}

using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;
using RlOffload.Environment.Simulation;

namespace RlOffload.Training;

/// <summary>Everything that an experiment plays in: profile, plans, cost model and links, opened and checked against each other. Immutable.</summary>
public sealed class World
{
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public required Experiment Experiment { get; init; }
    public required ModelProfile Profile { get; init; }

    /// <summary>The config's scenario with what only the files could tell: time factors, prior rate and round-trip time, recorded arrivals.</summary>
    public required Scenario Scenario { get; init; }

    /// <summary>All plans: the config's bits, and 8 and 32 where the profile has them, for planners that were published with these. The environment plays with this table.</summary>
    public PlanTable FullTable => CostModel.Table.Plans;

    /// <summary>Cost model of <see cref="FullTable"/>.</summary>
    public required CostModel CostModel { get; init; }

    /// <summary>The plans that the learner chooses from, pruned if the config says so.</summary>
    public required PlanTable Plans { get; init; }

    /// <summary>Where each of <see cref="Plans"/> stands in <see cref="FullTable"/>.</summary>
    public required IReadOnlyList<int> Choices { get; init; }

    /// <summary>Windows that the agent learns from.</summary>
    public required LinkSet Training { get; init; }

    /// <summary>Windows of the training links on which checkpoints, the static plan and all constants are chosen.</summary>
    public required LinkSet Tuning { get; init; }

    /// <summary>Windows of links that nothing was learned or tuned on.</summary>
    public required LinkSet Test { get; init; }

    /// <summary>What a reader of any result has to know: assumed accuracies, links that stand in for others.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>SHA-256 of the profile's file, or of the file that an imported profile would be.</summary>
    public required string ProfileHash { get; init; }

    /// <summary>SHA-256 over every number of <see cref="Scenario"/>.</summary>
    public string ScenarioHash => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(Scenario, Json)));

    /// <summary>Length in s of the windows that traces are cut into: as long as the requests take, with a reserve where arrivals are random.</summary>
    public double WindowSeconds => SecondsOf(Scenario);

    /// <summary>Other links in the place of <see cref="Test"/>, with the same seed.</summary>
    /// <exception cref="InputException">A file is neither link model nor trace.</exception>
    public LinkSet Open(IReadOnlyList<string> paths, TraceReadOptions? reader = null, Action<int, int>? progress = null)
    {
        var sources = LinkSources.Open("--traces", "command line", paths, reader ?? TraceReadOptions.ByContent, progress);
        return sources.All("traces", ToldRtt(Experiment) ?? sources.RoundTrips() ?? TrainingRtt, Test.Seed, WindowSeconds);
    }

    private RttModel TrainingRtt { get; init; } = null!;

    internal static World Of(Experiment experiment, Action<int, int>? progress)
    {
        var profile = experiment.Import?.Read() ?? ProfileFile.Read(experiment.Profile);
        if (experiment.Model is { } path && LinkSources.HashOf(path) is var hash && !hash.Equals(profile.Model.Sha256, StringComparison.OrdinalIgnoreCase))
            throw new InputException(experiment.Profile, "model.sha256", $"is {profile.Model.Sha256}, but {path} has {hash}; allowed is a profile of that network");
        var (train, tune, test) = OpenLinks(experiment, progress);
        var told = ToldRtt(experiment);
        var rtt = told ?? train.RoundTrips() ?? throw new InputException(experiment.File, "rtt",
            "is missing and no training link has round-trip times, allowed is rtt with file, from_link, or shift_ms, mu and sigma");
        var scenario = Complete(experiment, profile, train, rtt);
        var (bits, gates, clocks) = (AllBits(experiment, profile), experiment.Plans.Gates(profile.Exits.Count), experiment.Plans.Clocks);
        var all = PlanTable.Of(profile, bits, experiment.Plans.Probe, gates, clocks).Plans.Union(PublishedGates.Plans(profile, bits))
            .Union(PublishedClocks.Plans(profile, bits, scenario.Device.Clocks));
        var costs = new CostModel(new CostTable(profile, new PlanTable(all), scenario), scenario);
        var plans = PlanTable.Of(profile, experiment.Plans.Bits, experiment.Plans.Probe, gates, clocks);
        if (experiment.Plans.Prune)
            plans = plans.Pruned(new CostTable(profile, plans, scenario), experiment.Plans.Tolerance);
        var seconds = SecondsOf(scenario);
        var (trainingSeed, tuningSeed) = (SeedOf(experiment.Seed, 1), SeedOf(experiment.Evaluate.Seed, 2));
        var (training, tuning) = tune is null ? train.Split(rtt, trainingSeed, tuningSeed, seconds)
            : (train.All("training", rtt, trainingSeed, seconds), tune.All("tuning", rtt, tuningSeed, seconds));
        return new World
        {
            Experiment = experiment,
            Profile = profile,
            Scenario = scenario,
            CostModel = costs,
            Plans = plans,
            Choices = [.. plans.Plans.Select(costs.Table.Plans.IndexOf)],
            Training = training,
            Tuning = tuning,
            Test = test.All("test", told ?? test.RoundTrips() ?? rtt, SeedOf(experiment.Evaluate.Seed, 3), seconds),
            TrainingRtt = rtt,
            ProfileHash = experiment.Import is null ? LinkSources.HashOf(experiment.Profile) : HashOf(profile),
            Notes = NotesOn(experiment, profile),
        };
    }

    private static (LinkSources Train, LinkSources? Tune, LinkSources Test) OpenLinks(Experiment experiment, Action<int, int>? progress)
    {
        LinkSources Open(string key, IReadOnlyList<string> paths) => LinkSources.Open(key, experiment.File, paths, experiment.Links.Reader, progress);
        var train = Open("links.train", experiment.Links.Train);
        var tune = experiment.Links.Tune is { } paths ? Open("links.tune", paths) : null;
        var test = Open("links.test", experiment.Links.Test);
        var problems = Twice(experiment, "links.test", test, "links.train", train);
        if (tune is not null)
            problems = [.. Twice(experiment, "links.tune", tune, "links.train", train), .. problems, .. Twice(experiment, "links.test", test, "links.tune", tune)];
        return problems.Count == 0 ? (train, tune, test) : throw new InputException(problems);
    }

    private static List<string> Twice(Experiment experiment, string key, LinkSources links, string otherKey, LinkSources others)
    {
        var seen = others.Files.ToLookup(f => f.Sha256);
        return [.. links.Files.Where(f => seen.Contains(f.Sha256)).Select(f => $"{experiment.File}:{key}: holds {f.Path}, whose content is that of "
            + $"{seen[f.Sha256].First().Path} of {otherKey}; allowed are links that were not {(otherKey == "links.train" ? "trained" : "tuned")} on")];
    }

    private static List<string> NotesOn(Experiment experiment, ModelProfile profile)
    {
        var notes = new List<string>();
        if (experiment.Links.StandIn is { } absent)
            notes.Add($"{experiment.File}:links: {absent} not there, so the link models of links.fallback stand in");
        if (profile.AccuracySource is { } source)
            notes.Add($"accuracy by bits of {profile.Model.Path}: {source}");
        notes.AddRange((profile.Assumptions ?? []).Select(a => $"{profile.Model.Path}: {a}"));
        return notes;
    }

    private static string HashOf(ModelProfile profile) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(profile, ProfileFile.Json)));

    private static RttModel? ToldRtt(Experiment experiment)
    {
        if (experiment.Rtt.File is { } file)
            return RttFile.Read(file).Measured();
        if (experiment.Rtt.FromLink is { } link)
            return LinkModel.Read(link).Rtt ?? throw new InputException(link, "rtt", "is missing; allowed for rtt.from_link is a link model with round-trip times");
        return experiment.Rtt.Lognormal;
    }

    private static Scenario Complete(Experiment experiment, ModelProfile profile, LinkSources train, RttModel rtt)
    {
        var told = experiment.Told;
        var prior = told.Uplink.PriorBitsPerSecond > 0 ? told.Uplink.PriorBitsPerSecond : train.MedianRate() * told.Uplink.RateScale;
        var scenario = told with
        {
            Device = told.Device with { TimeFactor = experiment.Device.Factor(profile.WholeMs[^1], told.Device.TimeFactor) },
            Server = told.Server with { TimeFactor = experiment.Server.Factor(profile.ServerWholeMs, told.Server.TimeFactor) },
            Uplink = told.Uplink with { PriorBitsPerSecond = prior, PriorRtt = rtt.MedianSeconds },
        };
        if (experiment.ArrivalRecording is not { } file)
            return scenario;
        var times = ArrivalFile.Read(file);
        return scenario with { Arrivals = told.Arrivals with { Recorded = times, MeanGap = ArrivalFile.MeanGap(times) } };
    }

    private static int[] AllBits(Experiment experiment, ModelProfile profile) =>
        [.. experiment.Plans.Bits.Union(new[] { 8, 32 }.Intersect(profile.Accuracy.Select(a => a.Bits))).Order()];

    private static double SecondsOf(Scenario s) =>
        s.Requests * s.Arrivals.MeanGap * (s.Arrivals.Kind == ArrivalKind.Periodic ? 1 : 1.3) + 2 * s.Deadlines.Median * Math.Exp(s.Deadlines.Spread);

    /// <summary>Windows of different purposes are different draws.</summary>
    private static ulong SeedOf(ulong seed, ulong purpose) => Rng.Keyed(seed, purpose, 0, RngPurpose.Trace).NextUInt64();
}

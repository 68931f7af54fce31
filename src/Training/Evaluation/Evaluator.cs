using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Oracles;

namespace RlOffload.Training.Evaluation;

/// <param name="Stage">What is being done, for a progress bar.</param>
/// <param name="Share">0..1.</param>
public readonly record struct EvaluationProgress(string Stage, double Share);

/// <summary>
/// Plays policies on the same windows and scores them: 0 is the best fixed plan of the training windows, 1 the hindsight oracle. All
/// constants are tuned on the config's training links, also where other links are evaluated.
/// </summary>
public sealed class Evaluator
{
    /// <summary>Reference planners whose courses the oracle improves, whoever is evaluated: it is at least as good as each of them.</summary>
    private static readonly string[] Roster = ["static", "priced", "greedy", "local"];

    /// <summary>States of the beam that looks for the multipliers of budgets.</summary>
    private const int RoughWidth = 4;

    private const string Hindsight = "hindsight";

    private readonly World _world;
    private readonly string? _cache;
    private readonly int _threads;
    private readonly string _tuningKey;
    private readonly PlannerSetup _setup;
    private readonly HindsightCourses _courses = new();

    /// <param name="cache">Folder of tuned constants and oracle results; null: nothing is remembered.</param>
    public Evaluator(World world, string? cache, int threads, IProgress<EvaluationProgress>? progress = null)
    {
        (_world, _cache, _threads) = (world, cache, threads);
        _tuningKey = world.TuningKey();
        _setup = world.Planners(cache, threads, _courses, progress is null ? null : new Relay<double>(s => progress.Report(new("tuning planners", s))));
        Contestants = new Contestants(world, _setup);
    }

    public Contestants Contestants { get; }

    /// <param name="first">Number of the first window.</param>
    public EvaluationReport Run(
        IReadOnlyList<Contestant> contestants, LinkSet links, int windows, int first, IProgress<EvaluationProgress>? progress, CancellationToken cancel)
    {
        var model = _world.CostModel;
        var numbers = WindowNumbers.From(first, ReferenceEquals(links, _world.Test) && _world.Experiment.Evaluate.Repeat
            ? windows : Math.Min(windows, links.Links.Windows ?? windows));
        var anchor = Contestants.Planner("static");
        var played = contestants.Any(c => c.Name == "static") ? contestants : [.. contestants, anchor];
        // Hindsight plays the best courses, so whoever may have found them plays before it.
        var tallies = PairedPlay.Run(() => links.Environment(model), [.. played.Where(c => c.Name != Hindsight)], numbers, _threads,
            progress is null ? null : new Relay<int>(n => progress.Report(new("playing windows", (double)n / numbers.Length))), cancel);

        var solving = progress is null ? null : new Relay<int>(n => progress.Report(new("hindsight oracle", (double)n / numbers.Length)));
        Func<IPolicy>[] roster = [.. Roster.Select(r => Contestants.Planner(r).Create)];
        var requests = model.Scenario.Requests;
        var budgets = model.Scenario.Budgets;
        var optima = budgets is null ? null : new BudgetedOracle((m, rough) => Oracle(links, m, rough), budgets, requests)
            .Solve(numbers, roster, _threads, solving, cancel);
        double worth(double reward, Costs costs) => optima is null ? reward : optima.Worth(reward, costs);
        var best = optima?.Windows ?? Oracle(links).Solve(numbers, roster, _threads, solving, cancel);
        var optimum = best.Select(b => worth(b.Reward / requests, b.Costs / requests)).ToArray();
        var courses = best.ToDictionary(b => b.Window, b => b.Plans());
        var raisedBy = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var tally in tallies)
        {
            var costs = tally.Costs(model.BestAccuracy);
            for (var w = 0; w < optimum.Length; w++)
                if (worth(tally.Rewards[w], costs[w]) is var reached && reached > optimum[w] + 1e-12)
                {
                    optimum[w] = reached;
                    courses[numbers[w]] = tally.Course(w);
                    raisedBy.Add(played.FirstOrDefault(c => c.Name == tally.Name)?.Learner ?? tally.Name);
                }
        }

        _courses.Become(courses);
        tallies = WithHindsight(played, tallies, c => PairedPlay.Run(() => links.Environment(model), c, numbers, _threads, null, cancel));
        var zero = tallies.First(t => t.Name == "static");
        var experiment = _world.Experiment;
        var standings = new Standings(contestants, tallies, budgets, model.BestAccuracy);
        var policies = standings.Reports(zero.Rewards, optimum, experiment.Evaluate, p => model.Table.Plans[p].ToString(), optima is not { Kept: false });
        return new EvaluationReport
        {
            Config = experiment.Name,
            Seed = experiment.Evaluate.Seed,
            Policies = policies,
            Windows = numbers.Length,
            Room = optimum.Average() - zero.Rewards.Average(),
            RoomTaken = RoomReport.Of(policies, zero.Rewards, optimum, experiment.Evaluate.Seed, experiment.Evaluate.Bootstrap),
            StaticPlan = StaticPlan(anchor),
            StaticReward = zero.Rewards.Average(),
            OracleReward = optimum.Average(),
            Links = Describe(links, numbers),
            Oracle = new OracleReport(experiment.Evaluate.OracleWidth, Roster, [.. raisedBy]),
            Warnings = [.. _world.Notes, .. Contestants.Warnings, .. links.Files.SelectMany(f => f.Warnings).Distinct(), .. BudgetWarnings(optima, zero)],
            Budgets = optima is null ? null : BudgetReport.Of(budgets!, optima),
            Rewards = standings.Rewards,
            SeedRewards = standings.SeedRewards,
            AnchorRewards = zero.Rewards,
            OracleRewards = optimum,
            Timeline = standings.MostTelling is { Count: > 0 } shown
                ? Timeline.Record(_world, links, shown, numbers[Standings.Typical(zero.Rewards, optimum)]) : null,
            LatencyMemoryScale = new(_world.Scenario.Deadlines.Median * 1000, _world.Profile.Partitions.Where(p => p.Local).Max(p => p.HeadMemoryBytes)),
            Provenance = new Provenance(experiment.File, _world.ProfileHash, _world.Plans.Hash, _world.ScenarioHash, links.Links.Hash,
                _world.Tuning.Links.Hash, experiment.Evaluate.Bootstrap, RunFolder.Version, System.Environment.Version.ToString()),
        };
    }

    /// <summary>All tallies in the order of their contestants, after those named hindsight have played too.</summary>
    private static IReadOnlyList<PolicyTally> WithHindsight(
        IReadOnlyList<Contestant> played, IReadOnlyList<PolicyTally> tallies, Func<Contestant[], IReadOnlyList<PolicyTally>> play)
    {
        Contestant[] last = [.. played.Where(c => c.Name == Hindsight)];
        if (last.Length == 0)
            return tallies;
        var (first, then) = (new Queue<PolicyTally>(tallies), new Queue<PolicyTally>(play(last)));
        return [.. played.Select(c => c.Name == Hindsight ? then.Dequeue() : first.Dequeue())];
    }

    private string StaticPlan(Contestant anchor)
    {
        var world = _world.Tuning.Environment(_world.CostModel);
        world.Reset(0);
        return _world.FullTable[anchor.Create().Decide(world.Observation, world.Mask)].ToString();
    }

    /// <summary>The oracle chooses from the learner's plans: pruned ones are not worth anything to one who knows the future. The roster plays all.</summary>
    private HindsightOracle Oracle(LinkSet links, Costs multipliers = default, bool rough = false) => new(() => links.Environment(_world.CostModel),
        rough ? Math.Min(_world.Experiment.Evaluate.OracleWidth, RoughWidth) : _world.Experiment.Evaluate.OracleWidth, _cache,
        $"{_tuningKey}|{links.Links.Hash}|{links.Seed}|{string.Join(',', Roster)}", _world.Choices, multipliers, rough);

    private IEnumerable<string> BudgetWarnings(BudgetedOptima? optima, PolicyTally anchor)
    {
        if (optima is null)
            yield break;
        if (!optima.Kept)
            yield return "the hindsight oracle finds no courses that keep the budgets, so nobody is scored";
        var broken = CostReport.Of(anchor.Costs(_world.CostModel.BestAccuracy), _world.Scenario.Budgets!).Broken.Keys;
        if (broken.Any())
            yield return $"the fixed plan of the training windows breaks {string.Join(" and ", broken)} here; score 0 is what it earns all the same";
    }

    private IReadOnlyList<LinkReport> Describe(LinkSet links, int[] windows)
    {
        var seconds = _world.WindowSeconds;
        return [.. windows.Select(w => links.Links.At(w, seconds)).GroupBy(w => w.Trace.File ?? w.Trace.Name)
            .Select(g => new LinkReport(g.Key, g.Count(),
                g.Average(w => w.Trace.BitsBetween(w.Offset, w.Offset + seconds) / seconds) * _world.Scenario.Uplink.RateScale / 1e6))];
    }

    private sealed class Relay<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}

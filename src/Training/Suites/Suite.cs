using RlOffload.Environment;
using RlOffload.Training.Evaluation;

namespace RlOffload.Training.Suites;

/// <param name="Scenario">Number of the scenario under way, from 0.</param>
/// <param name="Stage">What is being done to it, for a progress bar; null: it is done.</param>
/// <param name="Share">0..1 of the stage.</param>
/// <param name="Reused">It was done by an earlier run.</param>
public readonly record struct SuiteProgress(int Scenario, int Scenarios, string Name, string? Stage, double Share, bool Reused = false);

/// <summary>What is the same for all scenarios of a suite.</summary>
/// <param name="Windows">Instead of each config's.</param>
/// <param name="Overrides">Each "a.b=value", for every config.</param>
/// <param name="Cache">Folder of what may be remembered; null: nothing is.</param>
/// <param name="OfOthers">Trained policies also play scenarios that they were not trained on, as far as these have the same plans.</param>
public sealed record SuiteOptions(
    IReadOnlyList<PolicyChoice> Policies, int? Windows, IReadOnlyList<string> Overrides, ulong? Seed, string? Cache, int Threads, bool OfOthers = false);

/// <param name="Overrides">Of this scenario alone; they hold before those of the whole suite.</param>
public sealed record SuiteEntry(string Config, IReadOnlyList<string> Overrides);

/// <summary>
/// Evaluates the same policies in several scenarios, one after the other and each on all threads. Every config is read before any work, so
/// that all slips are found at once; a scenario whose data is not on this machine is left out; one that was finished before is not played again.
/// </summary>
public sealed class Suite
{
    private readonly SuiteOptions _options;
    private readonly SuiteCache _cache;
    private readonly List<Experiment> _experiments = [];
    private readonly List<SkippedScenario> _skipped = [];

    /// <exception cref="InputException">All that is wrong with any config, or two configs have the same name.</exception>
    public Suite(IReadOnlyList<string> configs, SuiteOptions options) : this([.. configs.Select(c => new SuiteEntry(c, []))], options)
    {
    }

    /// <inheritdoc cref="Suite(IReadOnlyList{string}, SuiteOptions)"/>
    public Suite(IReadOnlyList<SuiteEntry> entries, SuiteOptions options)
    {
        _options = options;
        _cache = new SuiteCache(options.Cache is { } folder ? Path.Combine(folder, "suite") : null);
        var problems = new List<string>();
        foreach (var (config, own) in entries)
            try
            {
                _experiments.Add(Experiment.Load(config, [.. own, .. options.Overrides], options.Seed));
            }
            catch (InputException e) when (e.DataMissing)
            {
                _skipped.Add(new SkippedScenario(config, e.Problems));
            }
            catch (InputException e)
            {
                problems.AddRange(e.Problems);
            }
        foreach (var same in _experiments.GroupBy(e => e.Name).Where(g => g.Count() > 1))
            problems.Add($"{same.Last().File}:name: is {same.Key}, as in {same.First().File}; allowed is a name for each scenario");
        if (problems.Count > 0)
            throw new InputException([.. problems.Distinct()]);
    }

    /// <summary>Scenarios whose data is here.</summary>
    public int Scenarios => _experiments.Count;

    public IReadOnlyList<SkippedScenario> Skipped => _skipped;

    /// <summary>Scenarios finished so far, those of earlier runs included.</summary>
    public int Done { get; private set; }

    /// <exception cref="OperationCanceledException">Cancelled; what is finished is kept, and the same command goes on.</exception>
    public SuiteReport Run(IProgress<SuiteProgress>? progress, CancellationToken cancel)
    {
        var reports = new List<EvaluationReport>();
        for (var i = 0; i < _experiments.Count; i++)
        {
            cancel.ThrowIfCancellationRequested();
            var (experiment, number) = (_experiments[i], i);
            void Tell(string? stage, double share, bool reused = false) => progress?.Report(new(number, _experiments.Count, experiment.Name, stage, share, reused));
            var world = experiment.Build((n, of) => Tell("reading links", (double)n / of));
            var windows = _options.Windows ?? experiment.Evaluate.Windows;
            var key = SuiteCache.KeyOf(world, world.Test, _options.Policies, windows);
            var report = _cache.Find(key);
            var reused = report is not null;
            if (report is null)
            {
                var evaluator = new Evaluator(world, _options.Cache, _options.Threads, new Stages(Tell));
                var contestants = _options.Policies.SelectMany(p => evaluator.Contestants.Find(p, severalScenarios: true, _options.OfOthers)).ToList();
                report = evaluator.Run(contestants, world.Test, windows, 0, new Stages(Tell), cancel);
                _cache.Keep(key, report);
            }
            reports.Add(report);
            Done = reports.Count;
            Tell(null, 1, reused);
        }
        return new SuiteReport(reports, _skipped, SuiteAggregate.Of(reports));
    }

    private sealed class Stages(Action<string?, double, bool> tell) : IProgress<EvaluationProgress>
    {
        public void Report(EvaluationProgress value) => tell(value.Stage, value.Share, false);
    }
}

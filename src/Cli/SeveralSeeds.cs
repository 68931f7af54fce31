using RlOffload.Cli.Verbs;
using RlOffload.Training;
using RlOffload.Training.Evaluation;
using RlOffload.Training.Reports;
using RlOffload.Training.Statistics;
using Spectre.Console;

namespace RlOffload.Cli;

/// <summary>'rloffload train --seeds' in the terminal: a bar a seed, then one table over all of them.</summary>
internal static class SeveralSeeds
{
    /// <param name="experiments">One a seed.</param>
    public static int Train(IReadOnlyList<Experiment> experiments, SeedsFolder folder, bool skipEvaluation, TimeProvider time, CancellationToken cancel)
    {
        folder.RequireFree();
        return Train(experiments, folder, experiments[0].File, resumed: false, skipEvaluation, time, cancel);
    }

    /// <param name="config">As the user named it, for the command that goes on.</param>
    public static int Resume(SeedsFolder folder, string config, bool skipEvaluation, TimeProvider time, CancellationToken cancel) =>
        Train([.. folder.Read().Seeds.Select(s => Experiment.Load(folder.Config, [], s))], folder, config, resumed: true, skipEvaluation, time, cancel);

    private static int Train(
        IReadOnlyList<Experiment> experiments, SeedsFolder folder, string config, bool resumed, bool skipEvaluation, TimeProvider time, CancellationToken cancel)
    {
        IReadOnlyList<SeedOutcome> outcomes = [];
        EvaluationReport? room = null, report = null;
        var (first, cut) = (experiments[0], false);
        var row = Contestants.NameOf(first.Train.Agent.Name);
        void work() => Stages.Bars(AnsiConsole.Console).Start(context =>
        {
            var stages = new Stages(context);
            World[] worlds = [.. experiments.Select(e => e.Build((n, of) => stages.Report(new("reading links", (double)n / of))))];
            var evaluator = new Evaluator(worlds[0], EvaluateVerb.CacheFolder, System.Environment.ProcessorCount, stages);
            if (!skipEvaluation)
                room = Opponents.Room(worlds[0], evaluator, stages, cancel);
            if (!resumed)
                folder.Begin(first, [.. experiments.Select(e => e.Seed)]);
            ProgressTask[] bars = [.. experiments.Select(e => context.AddTask($"seed {e.Seed}", maxValue: e.Train.Steps))];
            var training = new SeedsTraining(worlds, folder, time, w => w.Planners(EvaluateVerb.CacheFolder, threads: 1));
            outcomes = training.Learn(System.Environment.ProcessorCount, (i, p) =>
            {
                bars[i].Value = p.Step;
                bars[i].Description = OneSeed.Describe($"seed {experiments[i].Seed}", p, room);
            }, cancel);
            foreach (var (outcome, bar) in outcomes.Zip(bars))
                bar.Value = outcome.Step;
            if (cancel.IsCancellationRequested || skipEvaluation)
                return;
            var agents = outcomes.Select(o => evaluator.Contestants.Agent($"{row}={o.Folder.Root}", o.Best!) with { Learner = row, TuningTrials = first.Train.TuningTrials });
            report = evaluator.Run([.. agents, .. Opponents.In(worlds[0], evaluator)], worlds[0].Test, first.Evaluate.Windows, 0, stages, cancel);
            folder.WriteEvaluation(report);
            if (!first.Train.Guard)
                return;
            var verdicts = Guard.Of(worlds[0], evaluator.Contestants, [.. outcomes.Select(o => o.Best!)], System.Environment.ProcessorCount, stages, cancel);
            foreach (var (outcome, verdict) in outcomes.Zip(verdicts))
                outcome.Folder.WriteGuard(verdict);
        });
        try
        {
            work();
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            cut = true;
        }
        foreach (var warning in outcomes.SelectMany(o => o.Warnings))
            AnsiConsole.MarkupLineInterpolated($"warning: {warning}");
        if (outcomes.Count == 0)
        {
            AnsiConsole.MarkupLineInterpolated($"interrupted before training {(resumed ? "went on: the runs are as they were" : "began: no run was written")}, but what was tuned and searched is kept; the same command goes on");
            return 130;
        }
        Write(folder, first, outcomes, room, report);
        if (outcomes.All(o => o.Done) && !cut && !cancel.IsCancellationRequested)
            return 0;
        AnsiConsole.MarkupLineInterpolated($"interrupted with {outcomes.Count(o => o.Done)} of {outcomes.Count} seeds done; go on with: rloffload train {config} --resume {folder.Root}");
        return 130;
    }

    private static void Write(SeedsFolder folder, Experiment first, IReadOnlyList<SeedOutcome> outcomes, EvaluationReport? room, EvaluationReport? report)
    {
        foreach (var run in folder.Runs)
            RunFolder.WriteText(run.Report, TrainingPage.Html(run, first.Train, room, null));
        RunFolder.WriteText(folder.Report, SeedsPage.Html(folder, first.Train, room, report));
        TrainingCurve.Write([.. folder.Runs.Select(r => LearningCurve.Of(r, first.Train))], room);
        var seeds = new Table().Border(TableBorder.Rounded).Title("validation windows, reward a request");
        foreach (var column in (string[])["seed", "untrained", "best", "at step", "export deploys", "folder"])
            seeds.AddColumn(column);
        foreach (var (outcome, manifest) in outcomes.Where(o => o.Best is not null).Select(o => (o, o.Folder.ReadManifest())))
            seeds.AddRow($"{outcome.Seed}", Figures.Number(manifest.UntrainedValidation ?? double.NaN, 4), Figures.Number(manifest.BestValidation ?? double.NaN, 4), $"{manifest.BestStep}", Markup.Escape(manifest.Guard?.Deploys ?? manifest.Agent),
                Markup.Escape(Path.GetRelativePath(folder.Root, outcome.Folder.Root)));
        AnsiConsole.Write(seeds);
        double[] best = [.. outcomes.Where(o => o.Best is not null).Select(o => o.Folder.ReadManifest().BestValidation).OfType<double>()];
        if (best.Length > 1)
            AnsiConsole.MarkupLineInterpolated($"best over {best.Length} seeds: {Figures.WithRange(StudentInterval.Of(best), 4)}");
        if (report is not null)
            EvaluationTable.Write(report, new HashSet<string> { Contestants.NameOf(first.Train.Agent.Name) });
        AnsiConsole.MarkupLineInterpolated($"runs: {folder.Root}, learning curves and charts in {Path.GetFileName(folder.Report)}");
    }
}

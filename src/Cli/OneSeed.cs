using RlOffload.Cli.Verbs;
using RlOffload.Inference.Policies;
using RlOffload.Training;
using RlOffload.Training.Evaluation;
using RlOffload.Training.Reports;
using RlOffload.Training.Statistics;
using Spectre.Console;

namespace RlOffload.Cli;

/// <summary>'rloffload train' of one seed, in the terminal.</summary>
internal static class OneSeed
{
    public static int Train(Experiment experiment, RunFolder run, bool resumed, bool skipEvaluation, TimeProvider time, CancellationToken cancel)
    {
        TrainingRun training = null!;
        EvaluationReport? room = null, report = null;
        GuardVerdict? verdict = null;
        IReadOnlyList<string> warnings = [];
        var row = Contestants.NameOf(experiment.Train.Agent.Name);
        var (learned, cut) = (false, false);
        void work() => Stages.Bars(AnsiConsole.Console).Start(context =>
        {
            var stages = new Stages(context);
            var world = experiment.Build((n, of) => stages.Report(new("reading links", (double)n / of)));
            training = new TrainingRun(world, run, time, () => world.Planners(EvaluateVerb.CacheFolder, System.Environment.ProcessorCount));
            if (resumed)
                warnings = training.Resume();
            else
                training.RequireFree();
            var evaluator = new Evaluator(world, EvaluateVerb.CacheFolder, System.Environment.ProcessorCount, stages);
            if (!skipEvaluation)
                room = Opponents.Room(world, evaluator, stages, cancel);
            if (!resumed)
                training.Begin();
            var bar = context.AddTask($"training {experiment.Name}", maxValue: experiment.Train.Steps);
            bar.Value = training.Loop.Step;
            training.Learn(p =>
            {
                bar.Value = p.Step;
                bar.Description = Describe("training", p, room);
            }, cancel);
            learned = true;
            if (cancel.IsCancellationRequested || skipEvaluation)
                return;
            var agent = evaluator.Contestants.Agent(row, training.Loop.Best) with { TuningTrials = experiment.Train.TuningTrials };
            report = evaluator.Run([agent, .. Opponents.In(world, evaluator)], world.Test, experiment.Evaluate.Windows, 0, stages, cancel);
            run.WriteEvaluation(report);
            if (experiment.Train.Guard)
                run.WriteGuard(verdict = Guard.Of(world, evaluator.Contestants, [training.Loop.Best], System.Environment.ProcessorCount, stages, cancel)[0]);
        });
        try
        {
            work();
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            cut = true;
        }
        foreach (var warning in warnings)
            AnsiConsole.MarkupLineInterpolated($"warning: {warning}");
        if (cut && !learned)
        {
            AnsiConsole.MarkupLineInterpolated(resumed
                ? $"interrupted before training went on: the run in {run.Root} is as it was, and what was tuned and searched is kept; the same command goes on"
                : (FormattableString)$"interrupted before training began: no run was written, but what was tuned and searched is kept; the same command goes on from there");
            return 130;
        }
        RunFolder.WriteText(run.Report, TrainingPage.Html(run, experiment.Train, room, report));
        TrainingCurve.Write([LearningCurve.Of(run, experiment.Train)], room);
        if (room is not null)
            AnsiConsole.MarkupLineInterpolated($"room on validation windows: {room.Room:F3} reward a request between {room.StaticPlan} always and the hindsight oracle");
        AnsiConsole.MarkupLineInterpolated($"untrained {training.Loop.UntrainedValidation:F4}, best {training.Loop.BestValidation:F4} reward a request on validation windows");
        if (experiment.Told.Budgets is not null)
            AnsiConsole.WriteLine("Under budgets a policy that exceeds one there counts as the worst reward less the share by which it does.");
        if (report is not null)
            EvaluationTable.Write(report, new HashSet<string> { row });
        if (verdict is not null)
            AnsiConsole.WriteLine(Guard.Sentence(verdict));
        if (!training.Loop.Done)
        {
            AnsiConsole.MarkupLineInterpolated($"interrupted after {training.Loop.Step} of {experiment.Train.Steps} steps; go on with: rloffload train {experiment.File} --resume {run.Root}");
            return 130;
        }
        if (cut)
        {
            AnsiConsole.MarkupLineInterpolated($"interrupted while the policies were compared: the trained run is kept in {run.Root}; compare them with: rloffload train {experiment.File} --resume {run.Root}");
            return 130;
        }
        AnsiConsole.MarkupLineInterpolated($"run: {run.Root}, learning curves and charts in {Path.GetFileName(run.Report)}");
        return 0;
    }

    internal static string Describe(string what, in TrainProgress p, EvaluationReport? room)
    {
        var score = room is { Room: >= ScoreInterval.LeastRoom } && !double.IsNaN(p.Validation)
            ? $", score {(p.Validation - room.StaticReward) / room.Room:F2}" : "";
        return $"{what}: return {p.Return:F3}{score}";
    }
}

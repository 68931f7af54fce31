using System.CommandLine;
using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Training;
using RlOffload.Training.Evaluation;
using RlOffload.Training.Reports;
using RlOffload.Training.Statistics;
using Spectre.Console;

namespace RlOffload.Cli.Verbs;

internal static class TrainVerb
{
    /// <summary>The planners of the table after training; a planner without bits is shown as published and with 8.</summary>
    private static readonly string[] Opponents =
        ["static", "priced", "greedy", "local", "remote", "random", "lmos", "lmos@8", "lmos-code", "lmos-code@8", "loa", "loa@8", "neurosurgeon", "neurosurgeon@8"];

    public static Command Create()
    {
        var config = new Argument<string>("CONFIG") { Description = "A config, such as configs/quickstart.yaml." };
        var seed = new Option<ulong?>("--seed") { Description = "Instead of the config's seed." };
        var set = new Option<string[]>("--set") { Description = "Change a key of the config: --set train.steps=20000", AllowMultipleArgumentsPerToken = true };
        var folder = new Option<string?>("--out") { Description = "Folder of the run [default: runs/NAME-seedN]." };
        var resume = new Option<string?>("--resume") { Description = "Go on with this interrupted run; config and seed are the run's own." };
        var skip = new Option<bool>("--no-evaluation") { Description = "Stop after training; 'rloffload evaluate' compares later." };
        var command = new Command("train", """
            Trains an agent from a config: shows the room there is to learn, trains, and compares the result with the planners on links that
            it was not trained on. Ctrl-C leaves a run that --resume continues as if nothing had happened.

            Examples:
              rloffload train configs/quickstart.yaml
              rloffload train configs/quickstart.yaml --seed 2 --set train.steps=100000 --out runs/long
              rloffload train configs/quickstart.yaml --resume runs/quickstart-seed1
            """)
        {
            config, seed, set, folder, resume, skip,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            await Task.Yield();
            var again = parsed.GetValue(resume);
            if (again is not null && !RunFolder.IsIn(again))
                throw new InputException("--resume", again, "holds no run, allowed is a folder that 'rloffload train' wrote");
            var experiment = again is not null
                ? Experiment.Load(new RunFolder(again).Config, [])
                : Experiment.Load(parsed.GetRequiredValue(config), parsed.GetValue(set) ?? [], parsed.GetValue(seed));
            var run = new RunFolder(again ?? parsed.GetValue(folder) ?? Path.Combine("runs", $"{experiment.Name}-seed{experiment.Seed}"));
            return Train(experiment, run, again is not null, parsed.GetValue(skip), TimeProvider.System, cancel);
        });
        return command;
    }

    private static int Train(Experiment experiment, RunFolder run, bool resumed, bool skipEvaluation, TimeProvider time, CancellationToken cancel)
    {
        TrainingRun training = null!;
        EvaluationReport? room = null, report = null;
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
                room = evaluator.Run([evaluator.Contestants.Planner("static"), evaluator.Contestants.Planner("priced")], world.Tuning,
                    Math.Min(16, experiment.Evaluate.Windows), WindowNumbers.Validation, stages, cancel);
            if (!resumed)
                training.Begin();
            var bar = context.AddTask($"training {experiment.Name}", maxValue: experiment.Train.Steps);
            bar.Value = training.Loop.Step;
            training.Learn(p =>
            {
                bar.Value = p.Step;
                bar.Description = Describe(p, room);
            }, cancel);
            learned = true;
            if (cancel.IsCancellationRequested || skipEvaluation)
                return;
            var contestants = new List<Contestant> { evaluator.Contestants.Agent(row, training.Loop.Best) };
            contestants.AddRange(Opponents.Where(o => Widths(o, world)).Select(evaluator.Contestants.Planner));
            report = evaluator.Run(contestants, world.Test, experiment.Evaluate.Windows, 0, stages, cancel);
            run.WriteEvaluation(report);
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
        RunFolder.WriteText(run.Report, TrainingPage.Html(run, room, training.Loop.UntrainedValidation, report));
        if (room is not null)
            AnsiConsole.MarkupLineInterpolated($"room on validation windows: {room.Room:F3} reward a request between {room.StaticPlan} always and the hindsight oracle");
        AnsiConsole.MarkupLineInterpolated($"untrained {training.Loop.UntrainedValidation:F4}, best {training.Loop.BestValidation:F4} reward a request on validation windows");
        if (experiment.Told.Budgets is not null)
            AnsiConsole.WriteLine("Under budgets a policy that exceeds one there counts as the worst reward less the share by which it does.");
        if (report is not null)
            EvaluationTable.Write(report, new HashSet<string> { row });
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

    private static string Describe(in TrainProgress p, EvaluationReport? room)
    {
        var score = room is { Room: >= ScoreInterval.LeastRoom } && !double.IsNaN(p.Validation)
            ? $", score {(p.Validation - room.StaticReward) / room.Room:F2}" : "";
        return $"training: return {p.Return:F3}{score}";
    }

    private static bool Widths(string opponent, World world) =>
        opponent.Split('@') is not [_, var bits] || world.FullTable.Plans.Any(p => p.Bits.ToString() == bits);
}

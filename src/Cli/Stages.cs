using RlOffload.Training.Evaluation;
using Spectre.Console;

namespace RlOffload.Cli;

/// <summary>One progress bar a stage, as the stages come.</summary>
internal sealed class Stages(ProgressContext context) : IProgress<EvaluationProgress>
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ProgressTask> _tasks = [];

    public void Report(EvaluationProgress value)
    {
        lock (_lock)
        {
            if (!_tasks.TryGetValue(value.Stage, out var task))
                _tasks[value.Stage] = task = context.AddTask(value.Stage, maxValue: 1);
            task.Value = Math.Max(task.Value, value.Share);
        }
    }

    public static Progress Bars(IAnsiConsole console) => console.Progress().AutoClear(false)
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn());
}

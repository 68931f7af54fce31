using RlOffload.Training.Suites;
using Spectre.Console;

namespace RlOffload.Cli;

/// <summary>Two bars: the scenarios, and what is being done to the one under way.</summary>
internal sealed class SuiteBars(ProgressContext context, int scenarios) : IProgress<SuiteProgress>
{
    private readonly Lock _lock = new();
    private readonly ProgressTask _all = context.AddTask("scenarios", maxValue: Math.Max(1, scenarios));
    private ProgressTask? _one;
    private string? _stage;

    public void Report(SuiteProgress value)
    {
        lock (_lock)
        {
            _all.Description = Markup.Escape($"scenario {value.Scenario + 1} of {value.Scenarios}");
            if (value.Stage is null)
            {
                _all.Value = value.Scenario + 1;
                (_one ??= context.AddTask(Markup.Escape(value.Name), maxValue: 1)).Description = Markup.Escape($"{value.Name}: {(value.Reused ? "finished before" : "done")}");
                _one.Value = 1;
                (_one, _stage) = (null, null);
                return;
            }
            var stage = $"{value.Name}: {value.Stage}";
            _one ??= context.AddTask(Markup.Escape(value.Name), maxValue: 1);
            if (_stage != stage)
            {
                (_stage, _one.Value) = (stage, 0);
                _one.Description = Markup.Escape(stage);
            }
            _one.Value = Math.Max(_one.Value, value.Share);
        }
    }
}

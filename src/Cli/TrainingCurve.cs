using RlOffload.Training.Evaluation;
using RlOffload.Training.Reports;
using Spectre.Console;

namespace RlOffload.Cli;

/// <summary>How training went, at its end, in the terminal.</summary>
internal static class TrainingCurve
{
    private const int Rows = 10, Columns = 64;

    /// <param name="seeds">The checks of each.</param>
    public static void Write(IReadOnlyList<IReadOnlyList<(double Step, double Reward)>> seeds, EvaluationReport? room)
    {
        var curve = LearningCurve.Over(seeds);
        if (curve.Count < 3)
            return;
        List<(IReadOnlyList<(double, double)>, bool)> lines = [([.. curve.Select(p => (p.Step, p.Reward.Mean))], false)];
        if (seeds.Count > 1)
            lines.AddRange([([.. curve.Select(p => (p.Step, p.Reward.Low))], true), ([.. curve.Select(p => (p.Step, p.Reward.High))], true)]);
        if (room is not null)
            lines.Add(([.. Enumerable.Range(0, Columns / 2).Select(i => (curve[^1].Step * i / (Columns / 2 - 1), room.StaticReward))], true));
        AnsiConsole.WriteLine("reward a request on validation windows" + (seeds.Count > 1 ? ", mean over seeds and the ends of its 95 % interval" : "")
            + (room is null ? "" : $"; dotted: {room.StaticPlan} always"));
        foreach (var line in BraillePlot.Draw(lines, Columns, Rows, "decisions"))
            AnsiConsole.WriteLine(line);
    }
}

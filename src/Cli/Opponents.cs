using RlOffload.Training;
using RlOffload.Training.Evaluation;

namespace RlOffload.Cli;

/// <summary>Whom a trained agent is compared with.</summary>
internal static class Opponents
{
    /// <summary>A planner without bits is shown as published and with 8.</summary>
    private static readonly string[] Planners =
        ["static", "priced", "greedy", "local", "remote", "random", "lmos", "lmos@8", "lmos-code", "lmos-code@8", "loa", "loa@8", "neurosurgeon", "neurosurgeon@8"];

    /// <summary>Windows on which the room is worked out before training.</summary>
    private const int RoomWindows = 16;

    public static IEnumerable<Contestant> In(World world, Evaluator evaluator) => Planners.Where(o => Widths(o, world)).Select(evaluator.Contestants.Planner);

    /// <summary>What there is to win on validation windows, before anything is learned.</summary>
    public static EvaluationReport Room(World world, Evaluator evaluator, Stages stages, CancellationToken cancel) =>
        evaluator.Run([evaluator.Contestants.Planner("static"), evaluator.Contestants.Planner("priced")], world.Tuning,
            Math.Min(RoomWindows, world.Experiment.Evaluate.Windows), WindowNumbers.Validation, stages, cancel);

    private static bool Widths(string opponent, World world) =>
        opponent.Split('@') is not [_, var bits] || world.FullTable.Plans.Any(p => p.Bits.ToString() == bits);
}

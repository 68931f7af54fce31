using RlOffload.Training.Statistics;

namespace RlOffload.Training.Evaluation;

/// <summary>What there is to win in a scenario, and what the planners leave of it to a learner.</summary>
/// <param name="Room">Oracle less static, reward a request, with its interval over windows.</param>
/// <param name="BestPlanner">Of the planners played, without diagnostics and static, the one of highest score; chosen on the windows that it is
/// scored on, which flatters it a little. Null where none has a score.</param>
/// <param name="Taken">Its score: the share of the room that it takes.</param>
public sealed record RoomReport(Interval Room, string? BestPlanner, Interval? Taken)
{
    /// <summary>Where a planner takes more of the room than this, a learner has too little left to show anything.</summary>
    public const double Exhausted = 0.85;

    /// <summary>Reward a request between the best planner and the oracle; the whole room where no planner takes any.</summary>
    public double Left => Room.Mean * (1 - Math.Max(0, Taken?.Mean ?? 0));

    public bool ForLearning => Room.Mean >= ScoreInterval.LeastRoom && !(Taken?.Mean > Exhausted);

    /// <param name="anchor">Mean reward a request of each window, of the static plan; <paramref name="oracle"/> of the oracle.</param>
    /// <param name="draws">Bootstrap draws behind the interval.</param>
    public static RoomReport Of(IEnumerable<PolicyReport> policies, IReadOnlyList<double> anchor, IReadOnlyList<double> oracle, ulong seed, int draws)
    {
        var room = BootstrapT.Mean(oracle.Zip(anchor, (o, a) => o - a).ToArray(), seed, draws);
        var best = policies.Where(p => p.Score is not null && p.Name != "static" && Contestants.IsCausalPlanner(p.Name)).MaxBy(p => p.Score!.Mean);
        return new RoomReport(room, best?.Name, best?.Score);
    }
}

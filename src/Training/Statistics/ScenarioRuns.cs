namespace RlOffload.Training.Statistics;

/// <summary>What one policy earned in one scenario.</summary>
/// <param name="Rewards">[seed][window], mean reward a request; a planner has one seed.</param>
/// <param name="Anchor">The static plan's, by window.</param>
/// <param name="Oracle">The hindsight oracle's, by window.</param>
public sealed record ScenarioRuns(string Scenario, IReadOnlyList<IReadOnlyList<double>> Rewards, IReadOnlyList<double> Anchor, IReadOnlyList<double> Oracle)
{
    public int Seeds => Rewards.Count;

    public int Windows => Anchor.Count;

    public bool HasRoom => Oracle.Average() - Anchor.Average() >= ScoreInterval.LeastRoom;
}

using RlOffload.Training.Statistics;

namespace RlOffload.Training.Evaluation;

/// <summary>What was played, as rows of a report: seeds of one learner are one row, scored by all of them and never by the best.</summary>
/// <param name="tallies">Those of the contestants come first, in their order.</param>
internal sealed class Standings(IReadOnlyList<Contestant> contestants, IReadOnlyList<PolicyTally> tallies)
{
    private readonly Row[] _rows = [.. contestants.Select((c, i) => (Contestant: c, Tally: tallies[i], Key: c.Learner ?? $"{i}"))
        .GroupBy(p => p.Key)
        .Select(g => new Row(g.First().Contestant.Learner ?? g.First().Contestant.Name, [.. g.Select(p => p.Tally)], g.First().Contestant.TuningTrials))];

    /// <summary>Mean reward a request by window, over seeds where there are several.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<double>> Rewards =>
        _rows.DistinctBy(r => r.Name).ToDictionary(r => r.Name, r => (IReadOnlyList<double>)ScoreInterval.Average(r.Seeds));

    public IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyList<double>>> SeedRewards =>
        _rows.DistinctBy(r => r.Name).Where(r => r.Tallies.Count > 1).ToDictionary(r => r.Name, r => r.Seeds);

    public IReadOnlyList<PolicyReport> Reports(double[] anchor, double[] oracle, EvaluateOptions options, Func<int, string> plan) => [.. _rows.Select(r =>
        (r.Tallies.Count == 1 ? r.Tallies[0] : PolicyTally.Together(r.Name, r.Tallies))
            .Report(ScoreInterval.OfSeeds(r.Seeds, anchor, oracle, options.Seed, options.Bootstrap), plan) with
        {
            Name = r.Name,
            Seeds = r.Tallies.Count,
            TuningTrials = r.Trials,
        })];

    private sealed record Row(string Name, IReadOnlyList<PolicyTally> Tallies, int? Trials)
    {
        public IReadOnlyList<IReadOnlyList<double>> Seeds { get; } = [.. Tallies.Select(t => t.Rewards)];
    }
}

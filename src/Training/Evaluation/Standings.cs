using RlOffload.Training.Statistics;

namespace RlOffload.Training.Evaluation;

/// <summary>What was played, as rows of a report: seeds of one learner are one row, scored by all of them and never by the best.</summary>
/// <param name="tallies">Those of the contestants come first, in their order.</param>
internal sealed class Standings(IReadOnlyList<Contestant> contestants, IReadOnlyList<PolicyTally> tallies)
{
    private readonly Row[] _rows = [.. contestants.Select((c, i) => (Contestant: c, Tally: tallies[i], Key: c.Learner ?? $"{i}"))
        .GroupBy(p => p.Key)
        .Select(g => new Row(g.First().Contestant.Learner ?? g.First().Contestant.Name, [.. g.Select(p => p.Tally)], g.First().Contestant))];

    /// <summary>The contestants of a picture that has no room for all; of several seeds the first.</summary>
    public IReadOnlyList<Contestant> MostTelling =>
        [.. Telling.Of([.. _rows.OrderByDescending(r => r.Seeds.Average(s => s.Average())).Select(r => r.Name)]).Select(n => _rows.First(r => r.Name == n).First)];

    /// <summary>The window whose room is nearest to the mean, by its row.</summary>
    public static int Typical(double[] anchor, double[] oracle)
    {
        var room = anchor.Zip(oracle, (a, o) => o - a).ToArray();
        var mean = room.Average();
        return Enumerable.Range(0, room.Length).MinBy(w => Math.Abs(room[w] - mean));
    }

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
            TuningTrials = r.First.TuningTrials,
        })];

    private sealed record Row(string Name, IReadOnlyList<PolicyTally> Tallies, Contestant First)
    {
        public IReadOnlyList<IReadOnlyList<double>> Seeds { get; } = [.. Tallies.Select(t => t.Rewards)];
    }
}

using RlOffload.Environment;
using RlOffload.Training.Statistics;

namespace RlOffload.Training.Evaluation;

/// <summary>What was played, as rows of a report: seeds of one learner are one row, scored by all of them and never by the best.</summary>
/// <param name="tallies">Those of the contestants come first, in their order.</param>
/// <param name="budgets">Null: costs are free, and nothing is said of them.</param>
/// <param name="bestAccuracy">From which a shortfall is measured.</param>
internal sealed class Standings(IReadOnlyList<Contestant> contestants, IReadOnlyList<PolicyTally> tallies, BudgetSpec? budgets = null, double bestAccuracy = 0)
{
    private readonly Row[] _rows = [.. contestants.Select((c, i) => (Contestant: c, Tally: tallies[i], Key: c.Learner ?? $"{i}"))
        .GroupBy(p => p.Key)
        .Select(g => new Row(g.First().Contestant.Learner ?? g.First().Contestant.Name, [.. g.Select(p => p.Tally)], g.First().Contestant))];

    /// <summary>The contestants of a picture that has no room for all; of several seeds the first.</summary>
    public IReadOnlyList<Contestant> MostTelling =>
        [.. Telling.Of([.. _rows.OrderBy(r => CostsOf(r)?.Broken.Count > 0).ThenByDescending(r => r.Seeds.Average(s => s.Average())).Select(r => r.Name)]).Select(n => _rows.First(r => r.Name == n).First)];

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

    /// <summary>Who breaks a budget has no score: what it earned was not on offer to the others.</summary>
    /// <param name="scored">Whether anybody has one.</param>
    public IReadOnlyList<PolicyReport> Reports(double[] anchor, double[] oracle, EvaluateOptions options, Func<int, string> plan, bool scored = true) => [.. _rows.Select(r =>
    {
        var costs = CostsOf(r);
        var score = scored && costs is not { Broken.Count: > 0 } ? ScoreInterval.OfSeeds(r.Seeds, anchor, oracle, options.Seed, options.Bootstrap) : null;
        return r.Together.Report(score, plan) with { Name = r.Name, Seeds = r.Tallies.Count, TuningTrials = r.First.TuningTrials, Costs = costs };
    })];

    private CostReport? CostsOf(Row row) => budgets is null ? null : CostReport.Of(row.Together.Costs(bestAccuracy), budgets);

    private sealed record Row(string Name, IReadOnlyList<PolicyTally> Tallies, Contestant First)
    {
        public PolicyTally Together { get; } = Tallies.Count == 1 ? Tallies[0] : PolicyTally.Together(Name, Tallies);
        public IReadOnlyList<IReadOnlyList<double>> Seeds { get; } = [.. Tallies.Select(t => t.Rewards)];
    }
}

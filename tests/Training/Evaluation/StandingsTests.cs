using RlOffload.Environment;
using RlOffload.Training;
using RlOffload.Training.Evaluation;

namespace RlOffload.Tests.Training.Evaluation;

public sealed class StandingsTests
{
    [Fact]
    public void SeedsOfALearnerAreOneRowWhereTheFirstOfThemStands()
    {
        Contestant Of(string name, string? learner) => new(name, () => throw new NotSupportedException()) { Learner = learner, TuningTrials = 7 };
        var tallies = new[] { (0.1, 0.3), (0.2, 0.4), (0.5, 0.5), (0.4, 0.6) }.Select((r, i) =>
        {
            var tally = new PolicyTally($"p{i}", 2, 1) { Violations = new Dictionary<string, int> { ["memory"] = i } };
            tally.Record(0, [default], r.Item1, 1, [1]);
            tally.Record(1, [default], r.Item2, 3, [1]);
            return tally;
        }).ToArray();
        var standings = new Standings([Of("a", null), Of("sac=x", "sac"), Of("b", null), Of("sac=y", "sac")], tallies);
        var reports = standings.Reports([0, 0], [1, 1], new EvaluateOptions(1, 2, 1, 1, 100), p => $"{p}");
        Assert.Equal(["a", "sac", "b"], reports.Select(r => r.Name));
        Assert.Equal([1, 2, 1], reports.Select(r => r.Seeds));
        Assert.Equal(0.4, reports[1].Reward, 1e-12);
        Assert.Equal(0.4, reports[1].Score!.Mean, 1e-12);
        Assert.Equal(4, reports[1].Violations["memory"]);
        Assert.Equal(2000, reports[1].EnergyMj, 1e-9);
        Assert.Equal([0.3, 0.5], standings.Rewards["sac"].Select(r => Math.Round(r, 12)));
        Assert.Equal(["sac"], standings.SeedRewards.Keys);
        Assert.Equal(7, reports[1].TuningTrials);
    }
}

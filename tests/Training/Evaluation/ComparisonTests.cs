using RlOffload.Tests.Training.Reports;
using RlOffload.Training.Evaluation;

namespace RlOffload.Tests.Training.Evaluation;

public sealed class ComparisonTests
{
    [Fact]
    public void EveryTwoPoliciesAreComparedWindowByWindow()
    {
        var report = Report(new() { ["priced"] = [[0.5, 0.7, 0.6, 0.8]], ["lmos"] = [[0.4, 0.6, 0.5, 0.7]], ["sac"] = [[0.6, 0.7, 0.6, 0.8], [0.5, 0.8, 0.7, 0.8]] });
        var pairs = Comparison.Of(report).Pairs;
        Assert.Equal([("priced", "lmos"), ("priced", "sac"), ("lmos", "sac")], pairs.Select(p => (p.First, p.Second)));
        Assert.Equal(0.1, pairs[0].Difference.Mean, 1e-12);
        Assert.Equal("priced earns more", pairs[0].Verdict);
        Assert.Equal(1, pairs[0].Improvement.Mean);
        Assert.Equal(-0.0375, pairs[1].Difference.Mean, 1e-12);
        Assert.Equal("no difference shown", pairs[1].Verdict);
        // Of eight pairs of a window and a seed priced wins none and ties five.
        Assert.Equal(2.5 / 8, pairs[1].Improvement.Mean, 1e-12);
        // Against 0.65 and the same seeds 0.675 and 0.7 over all windows.
        Assert.Equal(0, pairs[1].Runs);
        Assert.Equal(1, pairs[0].Runs);
        Assert.Equal("sac earns more", pairs[2].Verdict);
    }

    [Fact]
    public void SeedsThatPlayAsThePlannerDoesAreNoBetterByARounding()
    {
        double[] same = [0.1, 0.7, 0.8383, 0.9]; // three times 0.8383 over three is another number
        var pair = Comparison.Of(Report(new() { ["sac"] = [same, same, same], ["priced"] = [same] })).Pairs.Single();
        Assert.Equal("no difference shown", pair.Verdict);
        Assert.Equal("sac earns more", (pair with { Difference = new(1e-6, 1e-7, 1e-5) }).Verdict);
    }

    private static EvaluationReport Report(Dictionary<string, double[][]> rewards) => Samples.Evaluation() with
    {
        Policies = [.. rewards.Keys.Select(n => Samples.Evaluation().Policies[0] with { Name = n })],
        Rewards = rewards.ToDictionary(r => r.Key, r => (IReadOnlyList<double>)[.. Enumerable.Range(0, 4).Select(w => r.Value.Average(s => s[w]))]),
        SeedRewards = rewards.Where(r => r.Value.Length > 1).ToDictionary(r => r.Key, r => (IReadOnlyList<IReadOnlyList<double>>)r.Value),
        AnchorRewards = [0.3, 0.3, 0.3, 0.3],
        OracleRewards = [0.9, 0.9, 0.9, 0.9],
    };
}

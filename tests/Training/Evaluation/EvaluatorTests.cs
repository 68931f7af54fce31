using System.Text.Json;
using RlOffload.Environment.Profiles;
using RlOffload.Training;
using RlOffload.Training.Evaluation;
using RlOffload.Training.Statistics;

namespace RlOffload.Tests.Training.Evaluation;

public sealed class EvaluatorTests
{
    private static readonly string[] Typed = ["random", "static", "lmos@8", "local", "priced"];

    [Fact]
    public void TheOracleIsNeverBelowAPolicyAndTheStaticPlanScoresZero()
    {
        using var config = new TestConfig();
        var report = Run(config.World(), Typed);
        Assert.Equal(4, report.Windows);
        var envelope = Enumerable.Range(0, 4).Average(w => report.Rewards.Values.Max(rewards => rewards[w]));
        Assert.True(report.OracleReward >= envelope - 1e-12, $"oracle {report.OracleReward}, best policy of each window {envelope}");
        Assert.Equal(report.OracleReward - report.StaticReward, report.Room, 1e-12);
        Assert.True(report.Room > ScoreInterval.LeastRoom);
        var anchor = report.Policies.Single(p => p.Name == "static");
        Assert.Equal(new Interval(0, 0, 0), anchor.Score);
        Assert.Equal(report.StaticReward, anchor.Reward, 1e-12);
        Assert.Equal([new(report.StaticPlan, 4 * 30)], anchor.Plans);
        foreach (var policy in report.Policies)
            Assert.Equal((policy.Reward - report.StaticReward) / report.Room, policy.Score!.Mean, 1e-9);
        Assert.Equal(4, report.Links.Sum(l => l.Windows));
        Assert.All(report.Links, l => Assert.InRange(l.MeanMbitS, 0.01, 100));
        Assert.Equal(3, report.Oracle.Beam);
    }

    [Fact]
    public void PoliciesKeepTheOrderAndTheNamesAsTypedAndDoNotChangeEachOther()
    {
        using var config = new TestConfig();
        var world = config.World();
        var all = Run(world, Typed);
        Assert.Equal(Typed, all.Policies.Select(p => p.Name));
        var two = Run(world, ["local", "random", "local"]);
        Assert.Equal(["local", "random", "local"], two.Policies.Select(p => p.Name));
        Assert.Equal(all.Rewards["random"], two.Rewards["random"]);
        Assert.Equal(all.StaticReward, two.StaticReward);
    }

    [Fact]
    public void HindsightEarnsAtLeastWhatAnyPolicyEarnsInEveryWindowAndScoresOne()
    {
        using var config = new TestConfig();
        var report = Run(config.World(), ["local", "hindsight", "priced", "clairvoyant", "random", "lmos@8"]);
        Assert.Equal(["local", "hindsight", "priced", "clairvoyant", "random", "lmos@8"], report.Policies.Select(p => p.Name));
        for (var window = 0; window < report.Windows; window++)
            Assert.All(report.Rewards, r => Assert.True(report.Rewards["hindsight"][window] >= r.Value[window] - 1e-9, $"{r.Key} in window {window}"));
        Assert.Equal(1, report.Policies[1].Score!.Mean, 9);
    }

    [Fact]
    public void ThreadsAndCacheChangeNothing()
    {
        using var config = new TestConfig();
        var world = config.World();
        var expected = Text(Run(world, Typed, threads: 2));
        Assert.Equal(expected, Text(Run(world, Typed)));
        Assert.Equal(expected, Text(Run(world, Typed, cache: config.At("cache"))));
        Assert.NotEmpty(Directory.GetFiles(config.At("cache"), "tuned-*.json"));
        Assert.NotEmpty(Directory.GetFiles(config.At("cache"), "oracle-*.json"));
        Assert.Equal(expected, Text(Run(world, Typed, cache: config.At("cache"))));
    }

    [Fact]
    public void OtherLinksArePlayedWithConstantsOfTheTrainingLinks()
    {
        using var config = new TestConfig();
        var world = config.World();
        config.Link("c.json", 4);
        var here = Run(world, ["static"]);
        var there = Run(world, ["static"], links: world.Open([config.At("c.json")]));
        Assert.Equal(here.StaticPlan, there.StaticPlan);
        Assert.True(there.Links.Average(l => l.MeanMbitS) > here.Links.Average(l => l.MeanMbitS));
    }

    [Fact]
    public void ABudgetThatDoesNotBindChangesNothingButThatItIsTold()
    {
        using var config = new TestConfig();
        var free = Run(config.World(), Typed);
        var loose = Run(config.World("budgets={energy_j_per_request: 1000}"), Typed);
        Assert.All(loose.Policies, p => Assert.Empty(p.Costs!.Broken));
        Assert.Equal(0, loose.Budgets!.Oracle.Multipliers.EnergyJ);
        Assert.Equal(Text(free with { Provenance = null }), Text(loose with
        {
            Provenance = null, Budgets = null, Timeline = free.Timeline, Policies = [.. loose.Policies.Select(p => p with { Costs = null })],
        }));
    }

    [Fact]
    public void WhoBreaksABudgetHasNoScoreAndStandsBelowAllThatKeepIt()
    {
        using var config = new TestConfig();
        var free = Run(config.World(), Typed);
        var budget = 0.6 * free.Policies.Max(p => p.EnergyMj) / 1000;
        var report = Run(config.World(FormattableString.Invariant($"budgets.energy_j_per_request={budget}")), Typed);
        Assert.Equal(budget, report.Budgets!.EnergyJ);
        Assert.True(report.Budgets.Oracle.Kept);
        foreach (var policy in report.Policies)
        {
            Assert.Equal(policy.EnergyMj / 1000, policy.Costs!.EnergyJ, 1e-9);
            Assert.Equal(policy.Costs.EnergyJ > budget * 1.01, policy.BreaksBudgets);
            Assert.Equal(policy.BreaksBudgets, policy.Score is null);
            if (!policy.BreaksBudgets)
                Assert.True(policy.Reward <= report.OracleReward + 1e-12);
        }
        Assert.Contains(report.Policies, p => p.BreaksBudgets);
        Assert.Contains(report.Policies, p => !p.BreaksBudgets);
        Assert.Equal(report.Ranked.Select(p => p.BreaksBudgets).Order(), report.Ranked.Select(p => p.BreaksBudgets));
        Assert.Equal(Text(report), Text(Run(config.World(FormattableString.Invariant($"budgets.energy_j_per_request={budget}")), Typed, threads: 2)));
    }

    [Fact]
    public void WhereNobodyCanKeepABudgetNobodyIsScored()
    {
        using var config = new TestConfig();
        var report = Run(config.World("budgets.energy_j_per_request=1e-9", "device.idle_w=1"), ["local", "random"]);
        Assert.False(report.Budgets!.Oracle.Kept);
        Assert.All(report.Policies, p => Assert.Null(p.Score));
        Assert.Contains(report.Warnings, w => w.Contains("no courses that keep the budgets", StringComparison.Ordinal));
    }

    private static EvaluationReport Run(World world, string[] policies, int threads = 1, string? cache = null, LinkSet? links = null)
    {
        var evaluator = new Evaluator(world, cache, threads);
        return evaluator.Run([.. policies.Select(evaluator.Contestants.Find)], links ?? world.Test, 4, 0, null, CancellationToken.None);
    }

    private static string Text(EvaluationReport report) => JsonSerializer.Serialize(
        report with { Policies = [.. report.Policies.Select(p => p with { DecisionUs = new(0, 0) })] }, ProfileFile.Json);
}

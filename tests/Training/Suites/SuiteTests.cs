using System.Text.Json;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Training;
using RlOffload.Training.Evaluation;
using RlOffload.Training.Suites;

namespace RlOffload.Tests.Training.Suites;

public sealed class SuiteTests : IDisposable
{
    private readonly TestConfig _config = new();
    private readonly string[] _configs;

    public SuiteTests()
    {
        _config.Write("calm.yaml", "name: calm\n" + TestConfig.Minimal.Replace("mean_gap_s: 0.4", "mean_gap_s: 1.2", StringComparison.Ordinal));
        _configs = [_config.Path, _config.At("calm.yaml")];
    }

    public void Dispose() => _config.Dispose();

    [Fact]
    public void EveryScenarioIsThatOfEvaluatingItAloneAndTheAggregateSumsThemUp()
    {
        var suite = Run("random", "priced").Report;
        Assert.Equal(["test", "calm"], suite.Scenarios.Select(s => s.Config));
        var evaluator = new Evaluator(_config.World(), null, 1);
        var alone = evaluator.Run([.. new[] { "random", "priced" }.Select(evaluator.Contestants.Find)], _config.World().Test, 4, 0, null, CancellationToken.None);
        Assert.Equal(alone.Rewards["random"], suite.Scenarios[0].Rewards["random"]);
        Assert.Equal(alone.OracleReward, suite.Scenarios[0].OracleReward);
        var random = suite.Aggregate!.Policies.Single(p => p.Name == "random");
        var scores = suite.Scenarios.Where(s => suite.Aggregate.Scenarios.Contains(s.Config)).Select(s => s.Policies.Single(p => p.Name == "random").Score!.Mean).ToArray();
        Assert.Equal(scores.Average(), random.Mean.Mean, 1e-9);
        Assert.Equal(scores.Length, random.Scenarios);
        Assert.NotNull(random.ImprovementOverBaseline);
        Assert.Null(suite.Aggregate.Policies.Single(p => p.Name == "priced").ImprovementOverBaseline);
        Assert.Equal(suite.Aggregate.Thresholds.Count, random.Profile.Count);
        Assert.True(suite.Scenarios[0].Policies.Single(p => p.Name == "priced").TuningTrials >= 100);
        Assert.Equal(0, suite.Scenarios[0].Policies.Single(p => p.Name == "random").TuningTrials);
    }

    [Fact]
    public void AnInterruptedSuiteGoesOnWithTheNextScenarioAndEndsInTheSameBytes()
    {
        using var stop = new CancellationTokenSource();
        var suite = new Suite(_configs, Options(_config.At("cache"), "random", "priced"));
        Assert.Throws<OperationCanceledException>(() => suite.Run(new Told(p => Cancel(p, stop)), stop.Token));
        Assert.Equal(1, suite.Done);
        var (again, reused) = Play(_config.At("cache"), "random", "priced");
        Assert.Equal(["test"], reused);
        var (third, all) = Play(_config.At("cache"), "random", "priced");
        Assert.Equal(["test", "calm"], all);
        Assert.Equal(Text(again), Text(third));
        Assert.Equal(Text(Run("random", "priced").Report), Text(again));

        // Other policies or other windows are other results.
        Assert.Empty(Play(_config.At("cache"), "random").Reused);
        foreach (var file in Directory.GetFiles(_config.At("cache/suite")))
            File.WriteAllText(file, "{");
        Assert.Empty(Play(_config.At("cache"), "random").Reused);

        static void Cancel(SuiteProgress p, CancellationTokenSource stop)
        {
            if (p.Stage is null)
                stop.Cancel();
        }
    }

    [Fact]
    public void TheSeedsOfALearnerAreOneRowScoredByAllOfThemAndOnlyWhereTheyWereTrained()
    {
        foreach (var seed in new ulong[] { 1, 2 })
        {
            var run = new TrainingRun(Experiment.Load(_config.Path, TestConfig.Quick, seed).Build(), new RunFolder(_config.At($"run{seed}")), TimeProvider.System);
            run.Begin();
            run.Learn(_ => { }, CancellationToken.None);
        }
        var suite = Run("priced", $"sac={_config.At("run1")},{_config.At("run2")}").Report;
        Assert.Equal(["priced", "sac"], suite.Scenarios[0].Policies.Select(p => p.Name));
        Assert.Equal(["priced"], suite.Scenarios[1].Policies.Select(p => p.Name));
        Assert.Contains(suite.Scenarios[1].Warnings, w => w.Contains("sac is left out", StringComparison.Ordinal));
        var sac = suite.Scenarios[0].Policies[1];
        Assert.Equal((2, 2 * 4 * 30), (sac.Seeds, sac.Plans.Values.Sum()));
        var seeds = suite.Scenarios[0].SeedRewards["sac"];
        Assert.Equal(seeds.Average(s => s.Average()), sac.Reward, 1e-12);
        Assert.Equal(suite.Scenarios[0].Rewards["sac"].Average(), sac.Reward, 1e-12);
        Assert.Equal((sac.Reward - suite.Scenarios[0].StaticReward) / suite.Scenarios[0].Room, sac.Score!.Mean, 1e-9);
        Assert.Null(sac.TuningTrials);
        Assert.Equal(new SeedRange(2, 2), suite.Aggregate!.Policies.Single(p => p.Name == "sac").Seeds);
    }

    [Fact]
    public void SlipsOfAllConfigsAreFoundBeforeAnyWork()
    {
        _config.Write("slip.yaml", TestConfig.Minimal + "\nuplnk: 3");
        var problems = Assert.Throws<InputException>(() => new Suite([_config.Path, _config.At("slip.yaml"), _config.Path], Options(null, "random"))).Problems;
        Assert.Contains(problems, p => p.Contains("uplnk", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.Contains("allowed is a name for each scenario", StringComparison.Ordinal));
    }

    private (SuiteReport Report, List<string> Reused) Run(params string[] policies) => Play(null, policies);

    private (SuiteReport Report, List<string> Reused) Play(string? cache, params string[] policies)
    {
        var reused = new List<string>();
        var report = new Suite(_configs, Options(cache, policies)).Run(new Told(p =>
        {
            if (p.Reused)
                reused.Add(p.Name);
        }), CancellationToken.None);
        return (report, reused);
    }

    private static SuiteOptions Options(string? cache, params string[] policies) => new(PolicyChoice.Parse(policies), null, TestConfig.Quick, null, cache, 1);

    private static string Text(SuiteReport suite) => JsonSerializer.Serialize(suite with
    {
        Scenarios = [.. suite.Scenarios.Select(s => s with { Policies = [.. s.Policies.Select(p => p with { DecisionUs = new(0, 0) })] })],
    }, ProfileFile.Json);

    private sealed class Told(Action<SuiteProgress> tell) : IProgress<SuiteProgress>
    {
        public void Report(SuiteProgress value) => tell(value);
    }
}

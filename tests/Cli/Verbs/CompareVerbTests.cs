using System.Text.Json;
using RlOffload.Tests.Training;
using RlOffload.Training;

namespace RlOffload.Tests.Cli.Verbs;

public sealed class CompareVerbTests
{
    [Fact]
    public void RunsAreComparedOnTheirCommonWindowsAndOthersRefused()
    {
        using var config = new TestConfig();
        foreach (var seed in new ulong[] { 1, 2 })
            Train(Experiment.Load(config.Path, TestConfig.Quick, seed), config.At($"run{seed}"));
        var (exit, output, errors) = CommandLine.RunIn(config.At("cache"), ["compare", config.At("run1"), $"both={config.At("run1")},{config.At("run2")}", "local", "--json", config.At("c.json")]);
        Assert.True(exit == 0, output + errors);
        var pairs = JsonDocument.Parse(File.ReadAllBytes(config.At("c.json"))).RootElement.GetProperty("pairs").EnumerateArray().ToList();
        Assert.Equal(3, pairs.Count);
        Assert.All(pairs, p => Assert.True(p.GetProperty("difference").GetProperty("low").GetDouble() <= p.GetProperty("difference").GetProperty("high").GetDouble()));
        Assert.Equal(("both", "local"), (pairs[2].GetProperty("first").GetString(), pairs[2].GetProperty("second").GetString()));

        Train(Experiment.Load(config.Path, [.. TestConfig.Quick, "deadlines.median_s=0.7"], 1), config.At("other"));
        (exit, _, errors) = CommandLine.RunIn(config.At("cache"), ["compare", config.At("run1"), config.At("other"), "--json", config.At("d.json")]);
        Assert.Equal(2, exit);
        Assert.Contains("scenario_sha256", errors);
        Assert.False(File.Exists(config.At("d.json")));
        Assert.Equal(2, CommandLine.Run("compare", config.At("run1")).ExitCode);
        Assert.Equal(2, CommandLine.Run("compare", "local", "remote").ExitCode);
    }

    private static void Train(Experiment experiment, string folder)
    {
        var run = new TrainingRun(experiment.Build(), new RunFolder(folder), TimeProvider.System);
        run.Begin();
        run.Learn(_ => { }, CancellationToken.None);
    }
}

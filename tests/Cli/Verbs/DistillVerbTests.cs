using System.Text.Json.Nodes;
using RlOffload.Tests.Training;

namespace RlOffload.Tests.Cli.Verbs;

public sealed class DistillVerbTests : IDisposable
{
    private readonly TestConfig _config = new();

    public void Dispose() => _config.Dispose();

    [Fact]
    public void ATrainedRunBecomesATreeThatIsVerifiedAndPlayed()
    {
        string[] set = [.. TestConfig.Quick.SelectMany(s => new[] { "--set", s }), "--set", "train.agent=sac"];
        var (exit, _, errors) = CommandLine.Run(["train", _config.Path, "--no-evaluation", "--out", _config.At("run"), .. set]);
        Assert.True(exit == 0, errors);

        (exit, var output, errors) = CommandLine.Run("distill", _config.At("run"), "--to", "tree", "--size", "16", "--states", "600", "--rounds", "2", "--windows", "4",
            "--json", _config.At("distilled.json"));
        Assert.True(exit == 0, errors);
        var told = JsonNode.Parse(File.ReadAllText(_config.At("distilled.json")))!;
        Assert.Equal(("tree", 600, 4), ((string)told["to"]!, (int)told["states"]!, (int)told["windows"]!));
        Assert.InRange((int)told["regions"]!, 1, 16);
        Assert.InRange((double)told["agreement"]!, 0, 1);
        Assert.Equal(new FileInfo(_config.At("run/tree/policy.tree")).Length, (long)told["bytes"]!);
        Assert.Contains("regret a request", output, StringComparison.Ordinal);

        (exit, output, errors) = CommandLine.Run("verify", _config.At("run/tree"), "--profile", _config.At("profile.json"));
        Assert.True(exit == 0, errors + output);
        (exit, output, errors) = CommandLine.Run(["evaluate", _config.Path, "--policy", "static", "--policy", _config.At("run/tree"), .. set]);
        Assert.True(exit == 0, errors);
    }

    [Fact]
    public void AFolderWithoutARunAndOptionsOutOfRangeAreRefusedAndNothingIsWritten()
    {
        var (exit, _, errors) = CommandLine.Run("distill", _config.At("run"), "--to", "tree");
        Assert.Equal(2, exit);
        Assert.Contains("run:RUN: holds no run, allowed is a folder that 'rloffload train' wrote", errors, StringComparison.Ordinal);
        (exit, _, errors) = CommandLine.Run("distill", _config.At("run"), "--to", "table", "--size", "0", "--states", "-1");
        Assert.Equal(2, exit);
        Assert.Contains("--size", errors, StringComparison.Ordinal);
        Assert.Contains("--states", errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_config.At("run")));
    }
}

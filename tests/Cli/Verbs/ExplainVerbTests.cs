using System.Text.Json.Nodes;

namespace RlOffload.Tests.Cli.Verbs;

public sealed class ExplainVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AnObservationAndARequestOfAConfigAreExplained()
    {
        var policy = Repository.At("checkpoints/quickstart");
        var seen = _folder.Write("seen.json", """{"deadline": 0.3, "rate": 2e6, "device_backlog": 0.05}""");
        var (exit, output, errors) = CommandLine.Run("explain", policy, "--observation", seen, "--plans", "3", "--json", _folder.At("a.json"));
        Assert.True(exit == 0, errors);
        Assert.Contains("The policy values", output, StringComparison.Ordinal);
        var told = JsonNode.Parse(File.ReadAllText(_folder.At("a.json")))!;
        Assert.Equal((string)told["policy"]!, (string)told["plans"]![0]!["plan"]!);

        (exit, output, errors) = CommandLine.Run("explain", policy, "--config", Repository.At("configs/quickstart.yaml"), "--window", "2", "--request", "5");
        Assert.True(exit == 0, errors);
        Assert.Contains("Played on, it ended as ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatCannotBeExplainedIsOneErrorAndExitCodeTwo()
    {
        var policy = Repository.At("checkpoints/quickstart");
        var (exit, _, errors) = CommandLine.Run("explain", policy);
        Assert.Equal((2, true), (exit, errors.Contains("explain:--observation, --config: are both given or both missing", StringComparison.Ordinal)));
        (exit, _, errors) = CommandLine.Run("explain", policy, "--observation", _folder.At("absent.json"));
        Assert.Equal((2, true), (exit, errors.Contains("absent.json:--observation: cannot be read", StringComparison.Ordinal)));
        (exit, _, errors) = CommandLine.Run("explain", policy, "--config", Repository.At("configs/quickstart.yaml"), "--request", "100000");
        Assert.Equal((2, true), (exit, errors.Contains("explain:--request: is 100000, allowed is 0 to", StringComparison.Ordinal)));
    }
}

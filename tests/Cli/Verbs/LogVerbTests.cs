using System.Text.Json.Nodes;
using RlOffload.Environment.Links;
using RlOffload.Tests.Inference;
using RlOffload.Tests.Inference.Runs;

namespace RlOffload.Tests.Cli.Verbs;

public sealed class LogVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Log(int requests)
    {
        var file = _folder.At("run.log");
        DecisionLogTests.Record(file, requests);
        return file;
    }

    [Fact]
    public void ShowTellsTheLastDecisionsAsATableAndAllAsLinesOfJson()
    {
        var log = Log(30);
        var (exit, output, errors) = CommandLine.Run("log", "show", log, "--last", "0", "--json");
        Assert.True(exit == 0, errors);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!).ToList();
        Assert.Equal(Enumerable.Range(0, 30), lines.Select(l => (int)l["request"]!));
        Assert.All(lines, l => Assert.StartsWith("cut4@2/6b", (string)l["plan"]!, StringComparison.Ordinal));

        (exit, output, errors) = CommandLine.Run("log", "show", log, "--last", "2");
        Assert.True(exit == 0, errors);
        Assert.Contains("14.500", output, StringComparison.Ordinal); // when request 29 came
        Assert.DoesNotContain("13.500", output, StringComparison.Ordinal);
    }

    [Fact]
    public void StatsAreThoseOfAllDecisions()
    {
        var (exit, output, errors) = CommandLine.Run("log", "stats", Log(30), "--json", _folder.At("stats.json"));
        Assert.True(exit == 0, errors);
        Assert.Contains("30 in 1 runs, 14.5 s", output, StringComparison.Ordinal);
        var told = JsonNode.Parse(File.ReadAllText(_folder.At("stats.json")))!;
        Assert.Equal((30, 0.5, 15, 15), ((int)told["requests"]!, (double)told["miss_rate"]!, (int)told["outcomes"]!["answered"]!, (int)told["reasons"]!["late"]!));
    }

    [Fact]
    public void TracesOfALogAreReadByTraining()
    {
        var (exit, output, errors) = CommandLine.Run("log", "trace", Log(30), "--out", _folder.At("recorded"), "--json", _folder.At("traces.json"));
        Assert.True(exit == 0, errors);
        Assert.Contains("--set \"links.train=[", output, StringComparison.Ordinal);
        Assert.Equal(30, (int)JsonNode.Parse(File.ReadAllText(_folder.At("traces.json")))!["requests"]!);
        // 500 bytes in 0.05 s, whenever something was sent.
        Assert.Equal(80_000, TraceFile.Read(_folder.At("recorded/links/run-001.txt")).Trace.RateAt(3), 1);
        Assert.Equal(30, File.ReadAllLines(_folder.At("recorded/arrivals.txt")).Length);
    }

    [Fact]
    public void ADecisionIsMadeAgainByThePolicyThatIsGiven()
    {
        var network = new TestNetwork(_folder);
        network.WritePolicy();
        var (exit, output, errors) = CommandLine.Run("log", "explain", Log(30), "--policy", network.PolicyPath, "--request", "12", "--plans", "0", "--json", _folder.At("why.json"));
        Assert.True(exit == 0, errors);
        Assert.Contains("Run 1, request 12 at 6.000 s was put under cut4@2/6b", output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        var told = JsonNode.Parse(File.ReadAllText(_folder.At("why.json")))!;
        Assert.Equal(network.Model().Count, told["plans"]!.AsArray().Count);
        Assert.Equal((string)told["policy"]!, (string)told["plans"]![0]!["plan"]!);
    }

    [Fact]
    public void WhatIsNoLogOrNotInItIsOneErrorAndExitCodeTwo()
    {
        var other = _folder.Write("other.log", "this is a text, and none of the decisions of a device");
        foreach (var (says, arguments) in new (string, string[])[]
        {
            ("other.log:", ["stats", other]),
            ("absent.log:", ["show", _folder.At("absent.log")]),
            ("log show:--last: is -1, allowed is 0 or more", ["show", other, "--last", "-1"]),
            (":--request: is 99, which the log does not hold", ["explain", Log(3), "--policy", "nowhere", "--request", "99"]),
            ("--json", ["stats", _folder.At("run.log"), "--json", _folder.At("absent/stats.json")]),
        })
        {
            var (exit, _, errors) = CommandLine.Run(["log", .. arguments]);
            Assert.True(exit == 2, $"{says}: {exit} {errors}");
            Assert.Contains(says, errors, StringComparison.Ordinal);
        }
        Assert.False(Directory.Exists(_folder.At("absent")));
    }

    [Fact]
    public void ALogThatWasCutOffIsReadUpToThereWithAWarning()
    {
        var log = Log(30);
        using (var file = File.Open(log, FileMode.Open))
            file.SetLength(file.Length - 5);
        var (exit, output, errors) = CommandLine.Run("log", "show", log, "--last", "0", "--json");
        Assert.Equal((0, 29), (exit, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length));
        Assert.Contains("warning: ", errors, StringComparison.Ordinal);
    }
}

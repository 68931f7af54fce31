using System.Text.Json;
using RlOffload.Tests.Training;

namespace RlOffload.Tests.Cli.Verbs;

public sealed class DoctorVerbTests
{
    [Fact]
    public void ASoundConfigIsZeroAndItsPlansAreShown()
    {
        using var config = new TestConfig();
        var (exit, output, errors) = CommandLine.Run("doctor", config.Path, "--json", config.At("report.json"));
        Assert.True(exit == 0, output + errors);
        Assert.Contains("cut1@3/4b", output);
        var report = JsonDocument.Parse(File.ReadAllBytes(config.At("report.json"))).RootElement;
        Assert.True(report.GetProperty("sound").GetBoolean());
        Assert.Contains(report.GetProperty("findings").EnumerateArray(), f =>
            f.GetProperty("check").GetString() == "test windows" && f.GetProperty("status").GetString() == "ok");
        var local = report.GetProperty("plans").GetProperty("learner").EnumerateArray().Single(p => p.GetProperty("plan").GetString() == "local@3");
        Assert.Equal(300, local.GetProperty("device_ms").GetDouble(), 1e-9);
    }

    [Fact]
    public void EveryProblemIsShownAndTheExitCodeIsTwo()
    {
        using var config = new TestConfig();
        var (exit, output, _) = CommandLine.Run(
            "doctor", config.Path, "--set", "arrivals.mean_gap_s=-1", "--set", "deadlines.spread=wide", "--json", config.At("report.json"));
        Assert.Equal(2, exit);
        var report = JsonDocument.Parse(File.ReadAllBytes(config.At("report.json"))).RootElement;
        Assert.Equal(2, report.GetProperty("findings").EnumerateArray().Count(f => f.GetProperty("status").GetString() == "problem"));
        Assert.Contains("problem", output);
    }

    [Fact]
    public void WithoutAConfigItLooksAtTheMachine()
    {
        var (exit, output, errors) = CommandLine.Run("doctor");
        Assert.True(exit == 0, output + errors);
        Assert.Contains("ONNX Runtime", output);
    }
}

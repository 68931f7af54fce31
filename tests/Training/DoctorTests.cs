using RlOffload.Training;

namespace RlOffload.Tests.Training;

public sealed class DoctorTests
{
    [Fact]
    public void AScenarioWithLittleRoomIsAWarningAndNoProblem()
    {
        using var config = new TestConfig();
        var report = Examine(config, "device={name: fast, active_w: 1}");
        var finding = Assert.Single(report.Findings, f => f.Check == "proportions");
        Assert.Equal(FindingStatus.Warning, finding.Status);
        Assert.Contains("the whole network takes 30 ms on the device", finding.Detail);
        Assert.True(report.Sound);
    }

    [Fact]
    public void ADeviceWithoutMemoryForAnyHeadStillSendsTheInput()
    {
        using var config = new TestConfig();
        var report = Examine(config, "device.memory_mb=0.01");
        Assert.True(report.Sound);
        Assert.All(report.Plans!.Learner, p => Assert.Equal(p.Plan.StartsWith("remote", StringComparison.Ordinal), p.Runnable));
    }

    [Fact]
    public void WhatBuildingRefusesIsAProblem()
    {
        using var config = new TestConfig();
        var report = Examine(config, "uplink.input_encoding=jpeg");
        Assert.False(report.Sound);
        Assert.Null(report.Plans);
        Assert.Contains("has no 'jpeg'", Assert.Single(report.Findings, f => f.Status == FindingStatus.Problem).Detail);
    }

    private static DoctorReport Examine(TestConfig config, params string[] overrides) => Doctor.Examine(config.Path, overrides, TimeProvider.System);
}

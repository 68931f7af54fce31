using RlOffload.Training.Benchmarks.Chaos;

namespace RlOffload.Tests.Training.Benchmarks.Chaos;

public sealed class ChaosBenchTests
{
    [Fact]
    public async Task WhateverHappensEveryRequestHasOneOutcomeAndNoAnswerIsWrong()
    {
        var faults = new Faults(Corrupt: 0.02, Truncate: 0.003, Cut: 0.003, Hold: 0.001);
        var bench = new ChaosBench(new ChaosOptions(
            Requests: 3000, Kills: 1, PerSecond: 1500, Deadline: 0.1, Margin: 0.02, faults, Seed: 3, ["dotnet", Path.Combine(AppContext.BaseDirectory, "rloffload.dll")]));
        var report = await bench.Run(_ => { }, CancellationToken.None);

        Assert.Equal(3000, report.Outcomes.Values.Sum());
        // How many are late depends on what else this machine does; those without an answer are counted among them.
        Assert.Equal(3000, report.AnsweredOnce + report.Missed);
        Assert.Equal(0, report.Wrong);
        Assert.True(report.Missed <= report.Late + report.LateInStalls);
        Assert.Equal(1, report.Kills);
        // On a machine that is busy the server is up for a part of the two seconds only.
        Assert.True(report.Corrupted + report.Cuts + report.Truncated + report.Held > 0, $"{report}");
        Assert.True(report.Breaker.Opened > 0 && report.Breaker.Trials > 0, $"{report}");
        Assert.True(report.Outcomes["answered"] > 1000, $"{report}");
    }
}

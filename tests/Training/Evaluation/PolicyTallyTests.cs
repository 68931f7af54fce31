using RlOffload.Environment;
using RlOffload.Training.Evaluation;
using RlOffload.Training.Statistics;

namespace RlOffload.Tests.Training.Evaluation;

public sealed class PolicyTallyTests
{
    [Fact]
    public void ItsNumbersAreThoseWorkedOutByHand()
    {
        var tally = new PolicyTally("hand", windows: 2, requests: 2);
        var violations = new Dictionary<string, int> { ["memory"] = 3 };
        // Rows may come in any order, as threads finish.
        tally.Record(1, [Of(2, OutcomeKind.Missed, 0, 0.6, 0, 0), Of(3, OutcomeKind.Dropped, 0, 0.2, 0, 0)], -0.5, 0.1, [5, 1]);
        tally.Record(0, [Of(2, OutcomeKind.Answered, 0.9, 0.1, 1000, 400), Of(1, OutcomeKind.Fallback, 0.6, 0.3, 500, 200)], 1.2, 0.3, [2, 4]);
        tally.Violations = violations;
        var score = new Interval(0.5, 0.4, 0.6);
        var report = tally.Report(score, p => $"plan{p}");

        Assert.Equal("hand", report.Name);
        Assert.Same(score, report.Score);
        Assert.Equal([0.6, -0.25], tally.Rewards);
        Assert.Equal(0.175, report.Reward, 1e-12);
        Assert.Equal(300, report.LatencyMs.Mean, 1e-9);
        Assert.Equal(250, report.LatencyMs.P50, 1e-9);
        Assert.Equal(300 + 0.85 * 300, report.LatencyMs.P95, 1e-9); // 0.95 x 3 = 2.85 steps into 100, 200, 300, 600
        Assert.Equal(300 + 0.97 * 300, report.LatencyMs.P99, 1e-9);
        Assert.Equal(0.5, report.MissRate);
        Assert.Equal(0.75, report.Accuracy, 1e-12);
        Assert.Equal(1.5 / 4, report.InTimeAccuracy, 1e-12);
        Assert.Equal(100, report.EnergyMj, 1e-9);
        Assert.Equal(150, report.EdgeMemoryBytes);
        Assert.Equal(375, report.BytesSent);
        Assert.Equal(3, report.DecisionUs.P50, 1e-12);
        Assert.Equal(0.25, report.FallbackRate);
        Assert.Equal(0.25, report.DropRate);
        Assert.Equal([new("plan2", 2), new("plan1", 1), new("plan3", 1)], report.Plans);
        Assert.Same(violations, report.Violations);
        var costs = tally.Costs(bestAccuracy: 0.95);
        Assert.Equal([new(0.15, 0, 0.2), new(0.05, 1, 0.95)], costs.Select(c => new Costs(c.Energy, c.Misses, Math.Round(c.AccuracyShortfall, 12))));
    }

    [Fact]
    public void WithoutAnyAnswerAccuracyIsZero()
    {
        var tally = new PolicyTally("none", 1, 1);
        tally.Record(0, [Of(0, OutcomeKind.Dropped, 0, 1, 0, 0)], -1, 0, [1]);
        Assert.Equal(0, tally.Report(null, p => "drop").Accuracy);
        Assert.Null(tally.Report(null, p => "drop").Score);
    }

    private static Outcome Of(int plan, OutcomeKind kind, double accuracy, double latency, double bytes, double memory) =>
        default(Outcome) with { Plan = plan, Kind = kind, Accuracy = accuracy, Latency = latency, BytesSent = bytes, MemoryBytes = memory };
}

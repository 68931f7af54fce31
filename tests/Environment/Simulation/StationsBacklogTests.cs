using System.Text.Json;
using System.Text.Json.Serialization;
using RlOffload.Environment;

namespace RlOffload.Tests.Environment.Simulation;

public sealed class StationsBacklogTests
{
    private const int Digits = 9;

    private static Scenario Expects(Scenario s) => s with { Device = s.Device with { Backlog = BacklogKnowledge.Expected } };

    [Fact]
    public void WorkThatCannotEndInTimeIsNotInTheDevicesWay()
    {
        var t = new Timeline(Expects(TestWorld.Scenario));
        t.At(0, "local@3", 2);
        t.At(0, "cut1@3/8b", 0.3);                  // its head would begin at 0.3
        t.At(0, "local@1", 0.45);
        var o = t.Look(0.1);
        Assert.Equal(0.2 + 0.1, o.DeviceBacklog, Digits);
        Assert.Equal(0, o.PendingBytes);
        Assert.Equal(3, o.InFlight);
    }

    [Fact]
    public void WorkThatCanBeginIsInTheWayUntilItsDeadlineAtMost()
    {
        var t = new Timeline(Expects(TestWorld.Scenario with { Device = TestWorld.Scenario.Device with { HiddenFactor = 3, Calibrate = false } }));
        t.At(0, "local@1", 0.25);                   // expected to take 0.1 s, takes 0.3
        Assert.Equal(0, t.Look(0.15).DeviceBacklog, Digits);
        t = new Timeline(Expects(TestWorld.Scenario));
        t.At(0, "local@3", 0.35);
        t.At(0, "cut1@3/8b", 2);
        var o = t.Look(0.1);
        Assert.Equal(0.2 + 0.08, o.DeviceBacklog, Digits);
        Assert.Equal(8000, o.PendingBytes);
    }

    [Fact]
    public void ATransferIsInTheUplinksWayUntilItIsGivenUp()
    {
        var t = new Timeline(Expects(TestWorld.Scenario));
        t.At(0, "remote@3", 1);
        t.At(0, "remote@3", 0.35);                  // from 0.2 on, given up at 0.25 for the branch of 0.1 s
        t.At(0, "remote@3", 0.3);                   // never begins
        Assert.Equal(12_500 + 6_250, t.Look(0.1).UplinkBacklogBytes, 3);
        Assert.Equal(0.15 * 1e6 / 8, t.Look(0.1).UplinkBacklogBytes, 3);
    }

    [Fact]
    public void ItIsWhatTheStationsThenDoWhereTheLinkIsAsExpected()
    {
        var t = new Timeline(Expects(TestWorld.Scenario));
        foreach (var (plan, deadline) in new[] { ("local@2", 0.5), ("local@3", 0.45), ("local@1", 0.41), ("local@1", 0.3), ("local@2", 0.65) })
            t.At(0, plan, deadline);
        var o = t.Look(0);
        t.Stations.Drain();
        Assert.Equal(0.2 + 0.1 + 0.2, o.DeviceBacklog, Digits);
        Assert.Equal(t.Stations.DeviceEnd, o.DeviceBacklog, Digits);

        t = new Timeline(Expects(TestWorld.Scenario));
        foreach (var deadline in new[] { 0.5, 0.25, 0.45, 0.61, 0.55 })
            t.At(0, "remote@3", deadline);
        o = t.Look(0);
        t.Stations.Drain();
        Assert.Equal(t.Stations.UplinkEnd, o.UplinkBacklogBytes * 8 / 1e6, Digits);
        Assert.InRange(t.Stations.UplinkEnd, 0.3, 0.6);
    }

    [Fact]
    public void ItIsNeverMoreThanWhatWasAcceptedAndTheSameWhereNothingIsLate()
    {
        var less = 0;
        foreach (var patient in new[] { false, true })
        {
            var scenario = TestWorld.Scenario with { Arrivals = TestWorld.Scenario.Arrivals with { MeanGap = 0.1 }, Deadlines = new(patient ? 600 : 0.6, 0.5), Requests = patient ? 20 : 60 };
            var (accepted, expected) = (TestWorld.Environment(scenario), TestWorld.Environment(Expects(scenario)));
            for (var window = 0; window < 5; window++)
            {
                accepted.Reset(window);
                expected.Reset(window);
                var policy = new RandomPolicy(3);
                policy.Begin(window);
                while (!accepted.Truncated)
                {
                    var (a, e) = (accepted.Observation, expected.Observation);
                    Assert.True(e.DeviceBacklog <= a.DeviceBacklog + 1e-9 && e.PendingBytes <= a.PendingBytes && e.UplinkBacklogBytes <= a.UplinkBacklogBytes + 1e-6, $"{window} {a.Request}");
                    Assert.True(e.DeviceBacklog >= 0 && e.UplinkBacklogBytes >= 0);
                    Assert.Equal((a.Rate, a.FallbackAtRisk, a.InFlight), (e.Rate, e.FallbackAtRisk, e.InFlight));
                    if (patient)
                        Assert.Equal((a.DeviceBacklog, a.PendingBytes, a.UplinkBacklogBytes), (e.DeviceBacklog, e.PendingBytes, e.UplinkBacklogBytes), Nearly);
                    less += e.DeviceBacklog < a.DeviceBacklog - 1e-9 || e.UplinkBacklogBytes < a.UplinkBacklogBytes - 1e-6 ? 1 : 0;
                    var plan = policy.Decide(a, accepted.Mask);
                    Assert.Equal(accepted.Step(plan), expected.Step(plan));
                }
            }
        }
        Assert.True(less > 100, $"{less} states in which something was expected to be given up");
    }

    [Fact]
    public void AScenarioThatTakesOverSaysWhatCounts()
    {
        var t = new Timeline();
        t.At(0, "local@3", 2);
        t.At(0, "local@3", 0.4);                    // cannot end in time
        Assert.Equal(0.6, t.Look(0).DeviceBacklog, Digits);
        t.Stations.TakeOver(TestWorld.Model(Expects(TestWorld.Scenario)));
        Assert.Equal(0.3, t.Look(0).DeviceBacklog, Digits);
    }

    [Fact]
    public void AScenarioThatCountsAllThatIsAcceptedKeepsTheTextThatItHad()
    {
        JsonSerializerOptions json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };
        Assert.DoesNotContain("Backlog", JsonSerializer.Serialize(TestWorld.Scenario, json));
        Assert.Contains("Backlog", JsonSerializer.Serialize(Expects(TestWorld.Scenario), json));
    }

    private static bool Nearly((double A, double B, double C) x, (double A, double B, double C) y) =>
        Math.Abs(x.A - y.A) < 1e-9 && Math.Abs(x.B - y.B) < 1e-6 && Math.Abs(x.C - y.C) < 1e-6;
}

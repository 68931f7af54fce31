using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Tests.Environment.Simulation;

namespace RlOffload.Tests.Environment.Plans;

public sealed class CostModelTests
{
    /// <summary>A single request, nothing queued, a constant link whose rate and round trip are known: the expectation is what happens.</summary>
    [Fact]
    public void AnUndisturbedRequestIsPredictedExactly()
    {
        var rng = new Rng(4);
        var kinds = new HashSet<OutcomeKind>();
        for (var i = 0; i < 150; i++)
        {
            var rate = 5e4 * Math.Pow(100, rng.NextDouble());
            var rtt = Math.Round(5 + 200 * rng.NextDouble());
            var deadline = 0.03 * Math.Pow(80, rng.NextDouble());
            var scenario = TestWorld.Scenario with
            {
                Device = TestWorld.Scenario.Device with { PackSecondsPerElement = 1e-6, Clocks = i % 3 == 0 ? TestWorld.Clocks : null },
                Uplink = TestWorld.Scenario.Uplink with { PriorBitsPerSecond = rate, PriorRtt = rtt / 1000, HeaderBytes = 100 },
                Reward = TestWorld.Scenario.Reward with { FallbackShare = rng.NextDouble() },
            };
            var model = TestWorld.Model(scenario, [2, 4, 8, 32]);
            for (var p = 0; p < model.Count; p++)
            {
                var timeline = new Timeline(links: TestWorld.Constant(rate, rtt), model: model);
                var expected = model.Predict(p, timeline.Look(0, deadline));
                var outcome = timeline.End(timeline.At(0, model.Table.Plans[p].ToString(), deadline));
                kinds.Add(outcome.Kind);
                Assert.Equal(outcome.Kind, expected.Kind);
                Assert.Equal(outcome.Reward, expected.Reward, 7);
                Assert.Equal(outcome.Latency, expected.Latency, 7);
                Assert.Equal(outcome.Accuracy, expected.Accuracy, 12);
                Assert.Equal(outcome.Device, expected.DeviceSeconds, 7);
                Assert.Equal(timeline.Stations.Energy, expected.Energy, 7);
                if (!model.Table.Plans[p].Probe)
                    Assert.Equal(outcome.Uplink, expected.UplinkSeconds, 7);
                else
                    Assert.Equal(timeline.Stations.BytesSent * 8 / rate, expected.UplinkSeconds, 7);
            }
        }
        Assert.Equal(4, kinds.Count);
    }

    [Fact]
    public void ABranchThatADeviceBusyUntilTooLateWouldHaveToRunIsAMiss()
    {
        var model = TestWorld.Model();
        var remote = Enumerable.Range(0, model.Count).Single(p => model.Table.Plans[p].ToString() == "remote@3");
        var o = new Observation { Deadline = 0.5, Rate = 1e5, Rtt = 0.04, ServerLoad = 1, Slowdown = 1 };
        Assert.Equal(OutcomeKind.Fallback, model.Predict(remote, o).Kind); // 0.1 s from the input
        o.DeviceBacklog = 0.45;
        Assert.Equal(OutcomeKind.Missed, model.Predict(remote, o).Kind);
    }

    [Fact]
    public void QueuesDelayWhatIsExpected()
    {
        var model = TestWorld.Model();
        var o = new Observation { Deadline = 1, Rate = 1e6, Rtt = 0.04, ServerLoad = 2, Slowdown = 1.5, DeviceBacklog = 0.1, UplinkBacklogBytes = 50_000, PendingBytes = 10_000 };
        Prediction Of(string plan) => model.Predict(Enumerable.Range(0, model.Count).Single(p => model.Table.Plans[p].ToString() == plan), o);
        Assert.Equal(0.1 + 0.45, Of("local@3").Latency, 12);
        Assert.Equal(0.4 + 0.2 + 0.04 + 0.06, Of("remote@3").Latency, 12);
        // The head is ready at 0.1 + 0.12, the uplink is free of what is ready and what comes from heads before it at 0.48.
        Assert.Equal(0.48 + 0.064 + 0.04 + 0.044, Of("cut1@3/8b").Latency, 12);
    }

    [Fact]
    public void TheBranchIsTheMostAccurateWithinTheShareElseTheQuickestElseNone()
    {
        var model = TestWorld.Model();
        var remote = Enumerable.Range(0, model.Count).Single(p => model.Table.Plans[p].ToString() == "remote@3");
        var local = Enumerable.Range(0, model.Count).First(p => model.Table.Plans[p].Kind == PlanKind.Local);
        Assert.Equal((2, 0.3), Of(1.2));            // a quarter: 0.3 s
        Assert.Equal((1, 0.2), Of(1.1));
        Assert.Equal((0, 0.1), Of(0.4));
        Assert.Equal((0, 0.1), Of(0.2));            // 0.05 s are not enough for any: the quickest
        Assert.False(model.Fallback(remote, 0.09).Exists);
        Assert.Equal((0, 0.1), Of(1.2, ready: 1.05));
        Assert.Equal((0, 0.2), Of(1, slowdown: 2)); // 0.25 s of a device that is twice as slow
        Assert.False(model.Fallback(local, 10).Exists);

        (int, double) Of(double deadline, double ready = 0, double slowdown = 1)
        {
            var branch = model.Fallback(remote, deadline, ready, slowdown);
            return (branch.Exit, Math.Round(branch.Seconds, 12));
        }
    }

    [Fact]
    public void PredictingAllocatesNothing()
    {
        var environment = TestWorld.Environment();
        environment.Reset(0);
        var sum = Predict();
        var before = GC.GetAllocatedBytesForCurrentThread();
        sum += Predict();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(double.IsFinite(sum));

        double Predict()
        {
            var total = 0.0;
            for (var p = 0; p < environment.Actions; p++)
                total += environment.Model.Predict(p, environment.Observation).Reward;
            return total;
        }
    }
}

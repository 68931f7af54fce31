using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Tests.Environment.Simulation;

public sealed class StationsDeviceTests
{
    private static Scenario Slower(bool calibrate) =>
        TestWorld.Scenario with { Device = TestWorld.Scenario.Device with { HiddenFactor = 1.6, Calibrate = calibrate } };

    [Fact]
    public void AWrongProfileShowsInTheFirstHeadThatEnds()
    {
        var t = new Timeline(Slower(calibrate: true));
        Assert.Equal(1, t.Look(0).Slowdown);
        var first = t.At(0, "local@2");
        Assert.Equal(1, t.Look(0.31).Slowdown); // 0.2 s expected, 0.32 s taken
        Assert.Equal(1.6, t.Look(0.33).Slowdown, 9);
        Assert.Equal(0.32, t.End(first).Latency, 9);
    }

    [Fact]
    public void WhoeverDoesNotCalibrateIsLateWithItsFallback()
    {
        // At 0.05 Mbit/s the answer cannot come: the branch of 100 to 300 ms has to start in time.
        OutcomeKind Of(bool calibrate)
        {
            var t = new Timeline(Slower(calibrate), TestWorld.Constant(5e4));
            t.At(0, "local@1");
            return t.End(t.At(1, "remote@3", 0.6)).Kind;
        }
        Assert.Equal(OutcomeKind.Missed, Of(calibrate: false));
        Assert.Equal(OutcomeKind.Fallback, Of(calibrate: true));
    }

    [Fact]
    public void ARightProfileIsLeftAlone()
    {
        var t = new Timeline();
        for (var i = 0; i < 20; i++)
            t.At(i, "local@2");
        Assert.Equal(1, t.Look(30).Slowdown);
    }
}

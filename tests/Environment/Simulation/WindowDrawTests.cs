using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Environment.Simulation;

namespace RlOffload.Tests.Environment.Simulation;

public sealed class WindowDrawTests
{
    private static readonly Scenario World = TestWorld.Scenario with { Server = new ServerSpec(Loads: [1, 4, 15], LoadDwellSeconds: 2) };

    [Fact]
    public void DeadlinesAreLogUniformAboutTheirMedian()
    {
        var draw = new WindowDraw(World with { Requests = 2000 }, TestWorld.Varying(), 1);
        draw.Draw(0);
        Assert.All(draw.Deadlines, d => Assert.InRange(d, 0.6 * Math.Exp(-0.5), 0.6 * Math.Exp(0.5)));
        var logs = draw.Deadlines.Select(d => Math.Log(d / 0.6)).ToArray();
        Assert.InRange(logs.Average(), -0.02, 0.02);
        Assert.InRange(logs.Average(l => l * l), 0.25 / 3 * 0.95, 0.25 / 3 * 1.05);
    }

    [Fact]
    public void TheLoadTakesEachLevelForItsShareOfTheTime()
    {
        var draw = new WindowDraw(World with { Requests = 20_000 }, TestWorld.Varying(), 1);
        draw.Draw(0);
        var end = draw.ArrivalTimes[^1];
        var seen = Enumerable.Range(0, 20_000).Select(i => draw.LoadAt(i * end / 20_000)).ToArray();
        foreach (var level in World.Server.Loads!)
            Assert.InRange(seen.Count(l => l == level) / 20_000.0, 0.29, 0.38);
        // A jump may go to the level it came from: seen changes are two thirds of the jumps.
        var changes = seen.Zip(seen.Skip(1)).Count(p => p.First != p.Second);
        Assert.InRange(changes * 1.5 * 2 / end, 0.85, 1.1);
        Assert.Equal(draw.LoadAt(0), seen[0]);
    }

    [Fact]
    public void DrawsOfARequestDoNotDependOnHowManyThereAre()
    {
        var few = new WindowDraw(World with { Requests = 10 }, TestWorld.Varying(), 1);
        var many = new WindowDraw(World with { Requests = 50 }, TestWorld.Varying(), 1);
        few.Draw(3);
        many.Draw(3);
        Assert.Equal(few.Deadlines, many.Deadlines[..11]);
        Assert.Equal(few.ArrivalTimes, many.ArrivalTimes[..11]);
        for (var t = 0.0; t < few.ArrivalTimes[^1]; t += 0.1)
            Assert.Equal(few.LoadAt(t), many.LoadAt(t));
    }

    [Fact]
    public void SendingTakesUntilTheScaledLinkHasCarriedTheBytes()
    {
        var draw = new WindowDraw(World with { Uplink = World.Uplink with { RateScale = 0.5 } }, TestWorld.Constant(), 1);
        draw.Draw(0);
        Assert.Equal(0.4, draw.SendSeconds(3, 25_000), 9);
        Assert.Equal(25_000, draw.BytesBetween(3, 3.4), 6);
    }

    [Fact]
    public void AnotherDrawIsTheSameWorldOnItsOwn()
    {
        var one = new WindowDraw(World, TestWorld.Varying(), 1);
        one.Draw(2);
        var other = one.Another();
        other.Draw(2);
        Assert.Equal(one.ArrivalTimes, other.ArrivalTimes);
        Assert.Equal(one.Offset, other.Offset);
        other.Draw(5);
        Assert.Equal(2, one.Window);
        Assert.NotEqual(one.ArrivalTimes, other.ArrivalTimes);
    }

    [Fact]
    public void WindowsStartWhereTheirLinkWindowDoes()
    {
        var links = (TraceLinks)TestWorld.Varying();
        var draw = new WindowDraw(World, links, 1);
        draw.Draw(4);
        Assert.Equal(links.All[4].Offset, draw.Offset);
        Assert.Equal(links.All[4].Trace.BitsBetween(draw.Offset + 1, draw.Offset + 2) / 8, draw.BytesBetween(1, 2), 9);
    }
}

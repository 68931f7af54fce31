using RlOffload.Environment.Links;
using RlOffload.Environment.Simulation;
using RlOffload.Inference.Emulation;
using RlOffload.Inference.Flights;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Inference.Emulation;

public class ShapedLinkTests
{
    [Fact]
    public void TheLastByteOfEveryTransferPassesWhenTheTracesIntegralSays()
    {
        var (link, draw, time) = Make(TestWorld.Varying());
        foreach (var (start, bytes) in new[] { (0.0, 5000), (3.21, 1), (7.7, 140_000), (31.25, 20_000) })
        {
            time.Seconds = start;
            link.Begin();
            double end = 0;
            for (var left = bytes; left > 0;)
            {
                var (some, at) = link.Next(left);
                Assert.InRange(some, 1, left);
                Assert.True(at >= end);
                // However late the waiter wakes, what follows is not delayed by it.
                time.Seconds = at + 0.5;
                link.Passed();
                (left, end) = (left - some, at);
            }
            Assert.Equal(start + draw.SendSeconds(start, bytes), end, 1e-6);
        }
    }

    [Fact]
    public void WhatWasCarriedGrowsWithTheTraceAndNotInSteps()
    {
        var (link, draw, time) = Make(TestWorld.Constant(8e5)); // 100 bytes a ms
        time.Seconds = 2;
        link.Begin();
        Assert.Equal(0, link.Carried(2));
        var (bytes, at) = link.Next(3000);
        Assert.Equal(1000, bytes);
        Assert.Equal(2.01, at, 1e-9);
        Assert.Equal(500, link.Carried(2.005), 1e-6);
        Assert.Equal(1000, link.Carried(2.5), 1e-6);
        link.Passed();
        link.Next(2000);
        Assert.Equal(1300, link.Carried(2.013), 1e-3);
        Assert.Equal(draw.BytesBetween(1, 2), link.BytesBetween(1, 2));
    }

    [Fact]
    public void AnOutageIsWaitedFor()
    {
        var (link, _, _) = Make(TestWorld.Traces(RttModel.Constant(1), LinkTrace.FromSamples("outage", [0, 5], [0, 8000], 10)));
        link.Begin();
        var (bytes, at) = link.Next(1500);
        Assert.Equal(1, bytes);
        Assert.Equal(5.001, at, 1e-9);
    }

    private static (ShapedLink, WindowDraw, ManualTime) Make(ILinks links)
    {
        var time = new ManualTime();
        var draw = new WindowDraw(TestWorld.Scenario, links, 1);
        draw.Draw(0);
        return (new ShapedLink(draw, new RunClock(time)), draw, time);
    }
}

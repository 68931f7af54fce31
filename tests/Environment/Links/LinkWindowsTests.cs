using RlOffload.Environment.Links;

namespace RlOffload.Tests.Environment.Links;

public sealed class LinkWindowsTests
{
    [Fact]
    public void EveryFileGivesAWindowBeforeAnyGivesTwo()
    {
        var windows = LinkWindows.Cut([Trace("a", 1000), Trace("b", 30), Trace("c", 250)], 100);
        Assert.Equal(["a", "b", "c", "a", "c"], windows.Take(5).Select(w => w.Trace.Name));
        Assert.Equal(13, windows.Count);
        Assert.Equal(Enumerable.Range(0, 13), windows.Select(w => w.Index));
        Assert.Single(windows, w => w.Trace.Name == "b");
    }

    [Fact]
    public void WindowsOfATraceDoNotOverlapAndSpreadOverIt()
    {
        var offsets = LinkWindows.Cut([Trace("a", 9150)], 90, most: 5).Select(w => w.Offset).ToArray();
        Assert.Equal([0, 1830, 3660, 5490, 7320], offsets);
    }

    [Fact]
    public void AtMostSoManyAndThenTracesAtEvenDistances()
    {
        var traces = Enumerable.Range(0, 285).Select(i => Trace(i.ToString(), 177)).ToArray();
        var windows = LinkWindows.Cut(traces, 90);
        Assert.Equal(200, windows.Count);
        Assert.Equal(200, windows.Select(w => w.Trace.Name).Distinct().Count());
        Assert.True(int.Parse(windows[^1].Trace.Name) > 280, "the last traces are not left out");

        var few = LinkWindows.Cut(traces[..150], 50);
        Assert.Equal(200, few.Count);
        Assert.Equal(150, few.Take(150).Select(w => w.Trace.Name).Distinct().Count());
        Assert.True(few.GroupBy(w => w.Trace.Name).All(g => g.Count() <= 2));
    }

    [Fact]
    public void TheSameTracesGiveTheSameWindows()
    {
        LinkTrace[] traces = [Trace("a", 1000), Trace("b", 300)];
        Assert.Equal(LinkWindows.Cut(traces, 60), LinkWindows.Cut(traces, 60));
    }

    private static LinkTrace Trace(string name, double seconds) => LinkTrace.FromSamples(name, [0], [1e6], seconds);
}

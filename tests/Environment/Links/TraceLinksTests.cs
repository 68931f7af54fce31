using RlOffload.Environment;
using RlOffload.Environment.Links;

namespace RlOffload.Tests.Environment.Links;

public sealed class TraceLinksTests
{
    [Fact]
    public void AWindowBeyondTheLastIsOneOfTheFirstAgain()
    {
        LinkWindow[] windows = [.. new[] { 1e6, 2e6, 3e6 }.Select((rate, i) => new LinkWindow(LinkTrace.FromSamples($"t{i}", [0], [rate], 10), 0, i))];
        var links = new TraceLinks(windows, RttModel.Constant(40), "hash");
        Assert.Equal(3, links.Windows);
        Assert.Equal("hash", links.Hash);
        foreach (var window in new[] { 0, 1, 2, 3, 7, 100_000 })
            Assert.Same(windows[window % 3].Trace, links.At(window, seconds: 5).Trace);
        var rng = new Rng(1);
        Assert.Equal(0.04, links.DrawRtt(ref rng), 12);
    }
}

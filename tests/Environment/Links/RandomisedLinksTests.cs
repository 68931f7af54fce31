using RlOffload.Environment;
using RlOffload.Environment.Links;

namespace RlOffload.Tests.Environment.Links;

public sealed class RandomisedLinksTests
{
    private static readonly TraceLinks Plain = new([new(LinkTrace.FromSamples("t", [0], [2e6], 10), 3, 0)], RttModel.Constant(40), "hash");

    [Fact]
    public void EachWindowHasAFactorOfItsOwnAndAlwaysTheSame()
    {
        var links = new RandomisedLinks(Plain, new(0.7), usual: 1e6, seed: 5);
        double[] scales = [.. Enumerable.Range(0, 2000).Select(w => links.At(w, 5).Scale)];
        Assert.Equal(scales, Enumerable.Range(0, 2000).Select(w => new RandomisedLinks(Plain, new(0.7), 1e6, 5).At(w, 5).Scale));
        Assert.Equal(2000, scales.Distinct().Count());
        Assert.All(scales, s => Assert.InRange(s, Math.Exp(-0.7), Math.Exp(0.7)));
        Assert.Equal(0, scales.Average(Math.Log), 0.03); // the mean of U(-0.7, 0.7), whose standard error is 0.009
        Assert.NotEqual(scales[0], new RandomisedLinks(Plain, new(0.7), 1e6, 6).At(0, 5).Scale);
    }

    [Fact]
    public void AllElseIsThatOfTheLinksBeneath()
    {
        var links = new RandomisedLinks(Plain, new(0.7), usual: 1e6, seed: 5);
        Assert.Equal(Plain.Windows, links.Windows);
        Assert.Same(Plain.At(0, 5).Trace, links.At(0, 5).Trace);
        Assert.Equal(3, links.At(0, 5).Offset);
        Assert.NotEqual(Plain.Hash, links.Hash);
        var rng = new Rng(1);
        Assert.Equal(0.04, links.DrawRtt(ref rng), 12);
    }

    [Fact]
    public void ContrastAndTempoAreDrawnBesideTheFactorAndDoNotChangeIt()
    {
        LinkTrace recorded = LinkTrace.FromSamples("t", [0, 4], [5e5, 4e6], 10);
        var plain = new TraceLinks([new(recorded, 3, 0)], RttModel.Constant(40), "hash");
        var (level, all) = (new RandomisedLinks(plain, new(0.7), 1e6, 5), new RandomisedLinks(plain, new(0.7, 0.5, 1), 1e6, 5));
        var (powers, tempos) = (new List<double>(), new List<double>());
        for (var w = 0; w < 500; w++)
        {
            var link = all.At(w, 5);
            Assert.Equal(level.At(w, 5).Scale, link.Scale);
            var tempo = link.Trace.DurationSeconds / 10;
            Assert.Equal(3 * tempo, link.Offset, 9);
            Assert.Equal(4 * tempo, link.Trace.StartOf(1), 9);
            var (low, high) = (Math.Log(link.Trace.RateOf(0) / 1e6) / Math.Log(0.5), Math.Log(link.Trace.RateOf(1) / 1e6) / Math.Log(4));
            Assert.Equal(low, high, 9);
            Assert.InRange(low, Math.Exp(-0.5), Math.Exp(0.5));
            Assert.InRange(tempo, Math.Exp(-1), Math.Exp(1));
            powers.Add(Math.Log(low));
            tempos.Add(Math.Log(tempo));
        }
        Assert.Equal(0, powers.Average(), 0.05); // standard errors are 0.013 and 0.026
        Assert.Equal(0, tempos.Average(), 0.1);
        Assert.NotEqual(level.Hash, all.Hash);
        Assert.NotEqual(all.Hash, new RandomisedLinks(plain, new(0.7, 0.5, 1), 2e6, 5).Hash);
    }

    /// <summary>A window that lasts longer is drawn shorter, so that as much of the link's course is in it as its tempo leaves.</summary>
    [Fact]
    public void DrawnWindowsAreAsLongAsTheyAreNeeded()
    {
        var asked = new List<double>();
        var links = new RandomisedLinks(new Asked(asked), new(0, Tempo: 1), 1e6, 5);
        for (var w = 0; w < 20; w++)
            Assert.Equal(50, links.At(w, 50).Trace.DurationSeconds, 9);
        Assert.Equal(20, asked.Distinct().Count());
    }

    private sealed class Asked(List<double> asked) : ILinks
    {
        public int? Windows => null;

        public string Hash => "asked";

        public LinkWindow At(int window, double seconds)
        {
            asked.Add(seconds);
            return new(LinkTrace.FromSamples("t", [0], [2e6], seconds), 0, window);
        }

        public double DrawRtt(ref Rng rng) => 0.04;
    }
}

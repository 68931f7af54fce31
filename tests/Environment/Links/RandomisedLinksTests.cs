using RlOffload.Environment;
using RlOffload.Environment.Links;

namespace RlOffload.Tests.Environment.Links;

public sealed class RandomisedLinksTests
{
    private static readonly TraceLinks Plain = new([new(LinkTrace.FromSamples("t", [0], [2e6], 10), 3, 0)], RttModel.Constant(40), "hash");

    [Fact]
    public void EachWindowHasAFactorOfItsOwnAndAlwaysTheSame()
    {
        var links = new RandomisedLinks(Plain, spread: 0.7, seed: 5);
        double[] scales = [.. Enumerable.Range(0, 2000).Select(w => links.At(w, 5).Scale)];
        Assert.Equal(scales, Enumerable.Range(0, 2000).Select(w => new RandomisedLinks(Plain, 0.7, 5).At(w, 5).Scale));
        Assert.Equal(2000, scales.Distinct().Count());
        Assert.All(scales, s => Assert.InRange(s, Math.Exp(-0.7), Math.Exp(0.7)));
        Assert.Equal(0, scales.Average(Math.Log), 0.03); // the mean of U(-0.7, 0.7), whose standard error is 0.009
        Assert.NotEqual(scales[0], new RandomisedLinks(Plain, 0.7, 6).At(0, 5).Scale);
    }

    [Fact]
    public void AllElseIsThatOfTheLinksBeneath()
    {
        var links = new RandomisedLinks(Plain, spread: 0.7, seed: 5);
        Assert.Equal(Plain.Windows, links.Windows);
        Assert.Same(Plain.At(0, 5).Trace, links.At(0, 5).Trace);
        Assert.Equal(3, links.At(0, 5).Offset);
        Assert.NotEqual(Plain.Hash, links.Hash);
        var rng = new Rng(1);
        Assert.Equal(0.04, links.DrawRtt(ref rng), 12);
    }
}

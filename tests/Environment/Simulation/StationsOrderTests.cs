using RlOffload.Environment;

namespace RlOffload.Tests.Environment.Simulation;

/// <summary>Which job is next, however many there are.</summary>
public sealed class StationsOrderTests
{
    private static readonly Scenario Long = TestWorld.Scenario with { Requests = 120 };

    [Theory]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(100)]
    public void AsManyAsAreThereAreServedInTheOrderInWhichTheyCame(int requests)
    {
        var t = new Timeline(Long);
        for (var i = 0; i < requests; i++)
            t.At(0.001 * i, "local@1", 100);
        t.Stations.Drain();
        Assert.All(t.Outcomes.Values, o => Assert.Equal(OutcomeKind.Answered, o.Kind));
        Assert.Equal(Enumerable.Range(0, requests), t.KnownAt.OrderBy(k => k.Value).Select(k => k.Key));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(100)]
    public void OfThoseToWhichSomethingHappensAtOnceTheFirstGoesFirst(int requests)
    {
        var t = new Timeline(Long);
        for (var i = 0; i < requests; i++)
            t.At(0, "remote@3", 0.0001);
        t.Stations.Drain();
        Assert.Equal(Enumerable.Range(0, requests), t.Outcomes.Keys); // they were entered in the order in which they became known
    }

    [Fact]
    public void ACrowdIsTakenOverAndTakesOver()
    {
        var (crowd, pair) = (new Timeline(Long), new Timeline(Long));
        for (var i = 0; i < 100; i++)
            crowd.At(0.001 * i, i % 3 == 0 ? "remote@3" : "local@1", 1 + 0.01 * i);
        for (var i = 0; i < 2; i++)
            pair.At(0.001 * i, "cut1@3/8b", 1);
        var (once, back) = (new Timeline(Long), new Timeline(Long));
        once.Stations.CopyFrom(crowd.Stations);
        Assert.Equal(crowd.Stations.FutureHash(), once.Stations.FutureHash());
        once.Stations.CopyFrom(pair.Stations);
        back.Stations.CopyFrom(pair.Stations);
        back.Stations.CopyFrom(crowd.Stations);
        crowd.Stations.CopyFrom(pair.Stations);
        foreach (var t in new[] { pair, once, back, crowd })
            t.Stations.Drain();
        Assert.Equal(pair.Outcomes, once.Outcomes);
        Assert.Equal(pair.Outcomes, crowd.Outcomes);
        Assert.Equal(100, back.Outcomes.Count);
    }
}

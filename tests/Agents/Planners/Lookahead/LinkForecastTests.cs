using RlOffload.Agents.Planners;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents.Planners.Lookahead;

public sealed class LinkForecastTests
{
    [Fact]
    public void AnExpectedLinkSendsAtOneRateAKnownOneAsItsTraceDoes()
    {
        var environment = TestWorld.Environment();
        environment.Reset(4);
        var link = new LinkForecast();
        link.Expect(8e5);
        Assert.Equal(2.5, link.Sent(2, 50_000), 12);
        link.Know(environment.Draw, 7.3);
        var sent = link.Sent(2, 50_000);
        Assert.Equal(50_000, environment.Draw.BytesBetween(9.3, 7.3 + sent), 3);
        Assert.Equal(2, link.Sent(2, 0));
        link.Expect(0);
        Assert.Equal(double.PositiveInfinity, link.Sent(2, 1));
    }

    [Fact]
    public void AnExpectedRoundTripHasAMarginAKnownOneIsThatOfTheRequest()
    {
        var environment = TestWorld.Environment();
        environment.Reset(4);
        environment.Step(0);
        var (link, o) = (new LinkForecast(), environment.Observation);
        link.Expect(8e5);
        Assert.Equal(2 * o.Rtt, link.RoundTrip(o, 3), 12);
        link.Know(environment.Draw, o.Now);
        Assert.Equal(environment.Draw.Rtts[o.Request + 3], link.RoundTrip(o, 3));
        Assert.Equal(environment.Draw.Rtts[^1], link.RoundTrip(o, 1000));
    }
}

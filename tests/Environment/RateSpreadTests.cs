using RlOffload.Environment;

namespace RlOffload.Tests.Environment;

public sealed class RateSpreadTests
{
    [Fact]
    public void ItIsThatOfTheChangesSeenAndGrowsWithAgeToAStationarySpread()
    {
        var reversion = TestWorld.Scenario.Uplink.ReversionSeconds;
        double Of(double volatility, double age) => RateSpread.Of(new Observation { Volatility = volatility, RateAge = age }, TestWorld.Scenario);
        Assert.Equal(0, Of(0, 0));
        // E|x| of a normal variable with deviation 0.5.
        Assert.Equal(0.5, Of(0.5 * Math.Sqrt(2 / Math.PI), 0), 12);
        Assert.Equal(0.7 * Math.Sqrt(1 - Math.Exp(-2)), Of(0, reversion), 12);
        Assert.True(Of(0, 1) < Of(0, 2) && Of(0.1, 2) > Of(0, 2) && Of(0, Observation.MaxAge) < 0.7);
    }
}

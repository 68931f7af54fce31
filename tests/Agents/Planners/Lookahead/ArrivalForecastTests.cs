using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents.Planners.Lookahead;

public sealed class ArrivalForecastTests
{
    [Fact]
    public void RequestsComeEvenlyAtTheMeanOfBothIntensitiesAndDenserWhenCrowded()
    {
        var arrivals = new double[4];
        var o = new Observation { FastIntensity = 6, SlowIntensity = 2 };
        ArrivalForecast.Expect(arrivals, o, TestWorld.Scenario, 1);
        Assert.Equal([0, 0.25, 0.5, 0.75], arrivals);
        ArrivalForecast.Expect(arrivals, o, TestWorld.Scenario, 2);
        Assert.Equal([0, 0.125, 0.25, 0.375], arrivals);
    }

    [Fact]
    public void NoIntensityIsNoReasonToExpectNothingEver()
    {
        var arrivals = new double[2];
        ArrivalForecast.Expect(arrivals, new Observation(), TestWorld.Scenario, 1);
        Assert.Equal(20 * TestWorld.Scenario.Arrivals.MeanGap, arrivals[1]);
    }
}

using RlOffload.Agents.Diffusion;

namespace RlOffload.Tests.Agents.Diffusion;

public sealed class VpScheduleTests
{
    /// <summary>Computed once from the formula of the published code, to four digits.</summary>
    [Theory]
    [InlineData(3, new[] { .4420, .8142, .9382 })]
    [InlineData(5, new[] { .1959, .4588, .6358, .7549, .8350 })]
    [InlineData(6, new[] { .1429, .3489, .5055, .6244, .7147, .7833 })]
    [InlineData(7, new[] { .1089, .2719, .4051, .5139, .6029, .6755, .7349 })]
    public void BetasAreThePublishedOnesAndLeaveTheSameShareOfTheStart(int steps, double[] expected)
    {
        var schedule = new VpSchedule(steps, 0.1, 10);
        Assert.Equal(expected, schedule.Beta.Select(b => Math.Round(b, 4)));
        Assert.Equal(0.0064, schedule.AlphaBar[^1], 1e-4);
    }

    [Fact]
    public void AlphaBarsOfFiveStepsAreThePublishedOnes() =>
        Assert.Equal([.8041, .4352, .1585, .0389, .0064], new VpSchedule(5, 0.1, 10).AlphaBar.Select(a => Math.Round(a, 4)));

    [Fact]
    public void TheLastStepIsTheEstimateOfTheStart()
    {
        var schedule = new VpSchedule(5, 0.1, 10);
        Assert.Equal((1, 0, 0), (Math.Round(schedule.StartWeight(0), 12), schedule.StateWeight(0), schedule.Deviation(0)));
    }
}

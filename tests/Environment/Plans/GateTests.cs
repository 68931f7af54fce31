using RlOffload.Environment.Plans;

namespace RlOffload.Tests.Environment.Plans;

public sealed class GateTests
{
    [Fact]
    public void GatesAreEqualByContentAndSayWhatTheyAre()
    {
        Assert.Equal(Gate.Everywhere(3, GateMeasure.Confidence, 0.8), new Gate(GateMeasure.Confidence, 0.8, 0.8));
        Assert.Equal(Gate.At(1, GateMeasure.Entropy, 0.1), new Gate(GateMeasure.Entropy, double.NaN, 0.1));
        Assert.NotEqual(Gate.At(1, GateMeasure.Entropy, 0.1), Gate.At(1, GateMeasure.Confidence, 0.1));
        Assert.NotEqual(Gate.At(1, GateMeasure.Entropy, 0.1), Gate.At(0, GateMeasure.Entropy, 0.1));
        Assert.Equal("c0.8*2", Gate.Everywhere(3, GateMeasure.Confidence, 0.8).ToString());
        Assert.Equal("h-/0.1", Gate.At(1, GateMeasure.Entropy, 0.1).ToString());
        Assert.Equal("local@3?h-/0.1", new OffloadPlan(PlanKind.Local, 2, 5, 0, Gate: Gate.At(1, GateMeasure.Entropy, 0.1)).ToString());
        Assert.Throws<ArgumentException>(() => new Gate(GateMeasure.Confidence, double.NaN));
    }

    [Fact]
    public void AnImageLeavesWhereConfidenceReachesOrEntropyStaysBelowTheThreshold()
    {
        var outcomes = GatedWorld.Profile.Outcomes!;
        for (var image = 0; image < GatedWorld.Images; image++)
        {
            Assert.Equal(outcomes.Confidence[0][image] >= 0.7, GatedWorld.Sure.Leaves(outcomes, 0, image));
            Assert.Equal(outcomes.Entropy[1][image] < 0.4, GatedWorld.SecondExit.Leaves(outcomes, 1, image));
            Assert.False(GatedWorld.SecondExit.Leaves(outcomes, 0, image));
        }
    }
}

using RlOffload.Environment.Plans;

namespace RlOffload.Tests.Environment.Plans;

public sealed class ClockTests
{
    [Fact]
    public void ClocksAreEqualByContentAndNameTheirPlans()
    {
        Assert.Equal(new Clock(1.1e8, 1.5, 0.01), new Clock(1.1e8, 1.5, 0.01));
        Assert.NotEqual(new Clock(1.1e8, 1.5, 0.01), new Clock(1.1e8, 1.5, 0.02));
        Assert.Equal("110MHz", new Clock(1.1e8, 1.5, 0.01).ToString());
        Assert.Equal("32.768MHz", new Clock(32.768e6, 5, 0.01).ToString());
        var plan = new OffloadPlan(PlanKind.Local, 2, 5, 0, Probe: true, Clock: new(1.1e8, 1.5, 0.01));
        Assert.Equal("local@3~110MHz+probe", plan.ToString());
        Assert.Equal("local@3?c0.5~110MHz+probe", (plan with { Gate = new Gate(GateMeasure.Confidence, 0.5) }).ToString());
    }
}

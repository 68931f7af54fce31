using RlOffload.Agents;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents;

public sealed class PlannerPriorTests
{
    [Fact]
    public void APriorIsTheRewardLessThePricesOfWhatAPlanHolds()
    {
        var environment = TestWorld.Environment();
        var view = new AgentView(environment.Model, [7, 2, 4]);
        environment.Reset(0);
        var prior = new float[3];
        new PlannerPrior(0.5, 0.25, 4).Write(view, environment.Observation, prior);
        for (var i = 0; i < 3; i++)
        {
            var p = environment.Model.Predict(view.Plans[i], environment.Observation);
            Assert.Equal((float)(4 * (p.Reward - 0.5 * p.DeviceSeconds - 0.25 * p.UplinkSeconds)), prior[i]);
        }
    }
}

using RlOffload.Agents;
using RlOffload.Environment;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents;

public sealed class AgentViewTests
{
    [Fact]
    public void ItShowsAnAgentItsOwnPlansOfTheTable()
    {
        var environment = TestWorld.Environment();
        int[] plans = [7, 2, environment.Actions - 1];
        var view = new AgentView(environment.Model, plans);
        environment.Reset(0);
        var mask = environment.Mask.ToArray();
        mask[2] = false;
        var (observation, expected) = (new float[view.Size], new float[view.Size]);
        var allowed = new bool[view.Actions];
        view.Write(environment.Observation, mask, observation, allowed);
        new ObservationLayout(environment.Model, plans).Write(environment.Observation, expected);
        Assert.Equal(expected, observation);
        Assert.Equal([true, false, true], allowed);
        Assert.Equal(plans, view.Plans.ToArray());
    }
}

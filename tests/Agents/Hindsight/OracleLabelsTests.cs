using RlOffload.Agents.Hindsight;
using RlOffload.Agents.Planners;
using RlOffload.Environment.Oracles;

namespace RlOffload.Tests.Agents.Hindsight;

public sealed class OracleLabelsTests
{
    [Fact]
    public void OnlyThePlanOfOneWhoKnowsTheWindowIsLabelledAndItIsNoProbe()
    {
        var world = HindsightWorld.Silent;
        var environment = world.Environment(1);
        var labels = new OracleLabels(environment, horizon: 4, world.Plans);
        var beam = new HindsightBeam(environment, 8, world.Plans);
        var greedy = new GreedyPlanner(environment.Model, world.Plans);
        for (environment.Reset(1); !environment.Truncated;)
        {
            var best = labels.Required();
            Assert.Equal(beam.FirstPlan(environment, 4), best);
            Assert.False(environment.Model.Table.Plans[best].Probe);
            int[] plans = [best == 0 ? 1 : 0, best];
            var found = new float[2];
            labels.Write(plans, greedy, found, []);
            Assert.Equal([0f, 1], found);
            environment.Step(greedy.Decide(environment.Observation, environment.Mask));
        }
    }
}

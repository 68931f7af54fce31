using RlOffload.Agents;
using RlOffload.Agents.Replay;
using RlOffload.Agents.Sac;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents;

public sealed class LearnedPolicyTests
{
    [Fact]
    public void TheAgentsGreedyChoiceBecomesAPlanOfTheTable()
    {
        var environment = TestWorld.Environment();
        var view = new AgentView(environment.Model, [7, 2, environment.Actions - 1, 4]);
        DiscreteSac Learner() => new DiscreteSac(view.Size, view.Actions, new SacOptions { Hidden = [16] }, seed: 3);
        var learned = new ReplayPolicy(Learner(), null, Learner);
        var policy = new LearnedPolicy("name", learned, view);
        Assert.Equal("name", policy.Name);
        environment.Reset(0);
        var mask = environment.Mask.ToArray();
        var (observation, allowed) = (new float[view.Size], new bool[view.Actions]);
        for (var left = view.Actions; left > 0; left--)
        {
            view.Write(environment.Observation, mask, observation, allowed);
            var plan = view.Plans[learned.Decide(environment.Observation, observation, allowed)];
            Assert.Equal(plan, policy.Decide(environment.Observation, mask));
            Assert.Equal(plan, policy.Copy("other").Decide(environment.Observation, mask));
            mask[plan] = false;
        }
    }
}

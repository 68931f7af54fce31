using RlOffload.Agents.Sac;
using RlOffload.Environment;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents.Sac;

public sealed class SacPolicyTests
{
    [Fact]
    public void ItTakesThePlanOfTheHighestLogitAmongThoseThatMayRun()
    {
        var environment = TestWorld.Environment();
        int[] plans = [7, 2, environment.Actions - 1, 4];
        var layout = new ObservationLayout(environment.Model, plans);
        var agent = new DiscreteSac(layout.Size, plans.Length, new SacOptions { Hidden = [16] }, seed: 3);
        var policy = new SacPolicy("sac", agent, layout, plans);
        environment.Reset(0);
        var (vector, logits) = (new float[layout.Size], new float[plans.Length]);
        var mask = environment.Mask.ToArray();
        var allowed = new[] { true, true, true, true };
        for (var left = plans.Length; left > 0; left--)
        {
            layout.Write(environment.Observation, vector);
            agent.Logits(vector, allowed, logits);
            var best = Enumerable.Range(0, plans.Length).Where(i => allowed[i]).MaxBy(i => logits[i]);
            Assert.Equal(plans[best], policy.Decide(environment.Observation, mask));
            allowed[best] = mask[plans[best]] = false;
        }
    }
}

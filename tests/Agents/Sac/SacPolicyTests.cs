using RlOffload.Agents;
using RlOffload.Agents.Sac;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents.Sac;

public sealed class SacPolicyTests
{
    private static readonly SacOptions Options = new() { Hidden = [16] };

    [Fact]
    public void ItTakesThePlanOfTheHighestLogitAmongThoseThatMayRun()
    {
        var environment = TestWorld.Environment();
        var view = new AgentView(environment.Model, [7, 2, environment.Actions - 1, 4]);
        var sac = new DiscreteSac(view.Size, view.Actions, Options, seed: 3);
        var policy = new SacPolicy(sac);
        environment.Reset(0);
        var (vector, allowed, logits) = (new float[view.Size], new bool[view.Actions], new float[view.Actions]);
        view.Write(environment.Observation, environment.Mask, vector, allowed);
        for (var left = view.Actions; left > 0; left--)
        {
            sac.Logits(vector, allowed, logits);
            var best = Enumerable.Range(0, view.Actions).Where(i => allowed[i]).MaxBy(i => logits[i]);
            Assert.Equal(best, policy.Decide(environment.Observation, vector, allowed));
            allowed[best] = false;
        }
    }

    [Fact]
    public void ACopyDecidesTheSameAndSharesNothing()
    {
        var sac = new DiscreteSac(3, 4, Options, seed: 3);
        var policy = new SacPolicy(sac);
        var copy = policy.Copy();
        float[] observation = [0.5f, -1, 2];
        bool[] mask = [true, true, false, true];
        float[] logits = new float[4], copied = new float[4];
        policy.Freeze().Answer(observation, mask, [], logits);
        copy.Freeze().Answer(observation, mask, [], copied);
        Assert.Equal(logits, copied);
        sac.Normaliser.Observe([1, 2, 3]);
        policy.Freeze().Answer(observation, mask, [], logits);
        copy.Freeze().Answer(observation, mask, [], copied);
        Assert.NotEqual(logits, copied);
    }
}

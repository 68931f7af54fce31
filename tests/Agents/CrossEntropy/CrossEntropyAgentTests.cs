using RlOffload.Agents;
using RlOffload.Agents.CrossEntropy;
using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Tests.Agents.Hindsight;

namespace RlOffload.Tests.Agents.CrossEntropy;

public sealed class CrossEntropyAgentTests
{
    private static readonly CrossEntropyOptions Small = new() { Population = 6, Elite = 2, Windows = 2 };

    [Fact]
    public void ItBeatsThePricesThatItBeganWith()
    {
        var world = HindsightWorld.Bursts;
        var (planner, _) = world.Play(PricedPlanner.Tuned(world.Planners));
        var (learned, _) = world.Learned(new CrossEntropyOptions { Population = 24, Elite = 6, Windows = 6 }, 8_000);
        Assert.True(learned > planner + 0.01, $"learned {learned}, priced {planner}");
    }

    [Fact]
    public void BeforeItsFirstGenerationItPlaysAsThePlannerBeneathIt()
    {
        var world = HindsightWorld.Bursts;
        var agent = new CrossEntropyAgent(world.Setup(), Small);
        Assert.Equal(world.Play(PricedPlanner.Tuned(world.Planners)).Reward, world.Play(new LearnedPolicy("cem", agent.Policy, world.View)).Reward, 1e-9);
    }

    [Fact]
    public void ALoadedOneGoesOnBitForBitAlsoWithinAGeneration()
    {
        var world = HindsightWorld.Bursts;
        CrossEntropyAgent agent = new(world.Setup(), Small), other = new(world.Setup(), Small);
        Live(world, agent, 0, 5);
        Assert.Equal(1, agent.Generation);
        other.Load(new BinaryReader(new MemoryStream(Saved(agent))), "checkpoint.bin");
        Live(world, agent, 5, 2);
        Live(world, other, 5, 2);
        Assert.Equal(2, agent.Generation);
        Assert.Equal(Saved(agent), Saved(other));
        var larger = new CrossEntropyAgent(world.Setup(), Small with { Population = 8 });
        Assert.Contains("search.population", Assert.Throws<InputException>(() => larger.Load(new BinaryReader(new MemoryStream(Saved(agent))), "c")).Message);
    }

    private static void Live(HindsightWorld world, CrossEntropyAgent agent, int from, int windows)
    {
        var (environment, view) = (world.Environment(21), world.View);
        var (observation, mask, measures) = (new float[view.Size], new bool[view.Actions], new double[2]);
        for (var w = from; w < from + windows; w++)
        {
            environment.Reset(w);
            agent.Begin(environment, 0);
            while (!environment.Truncated)
            {
                view.Write(environment.Observation, environment.Mask, observation, mask);
                var moment = new Moment(environment, 0, environment.Observation.Request, w * 40 + environment.Observation.Request, observation, mask);
                agent.Observe(moment);
                var rng = new Rng(1);
                environment.Step(view.Plans[agent.Choose(moment, ref rng)]);
            }
            agent.End(0, environment.TotalReward / 40, environment.TotalCosts / 40, measures);
        }
    }

    private static byte[] Saved(CrossEntropyAgent agent)
    {
        using var memory = new MemoryStream();
        using (var writer = new BinaryWriter(memory))
            agent.Save(writer);
        return memory.ToArray();
    }
}

using RlOffload.Agents;
using RlOffload.Agents.Hindsight;
using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Hindsight;

public sealed class HindsightAgentTests
{
    private static readonly HindsightOptions Small = new() { Start = "priced", Horizon = 4, Round = 60, Batch = 16, Hidden = [8], Candidates = 6 };

    [Fact]
    public void WherePlansAreInEachOthersWayItBeatsThePlannerThatItBeganWith()
    {
        var world = HindsightWorld.Bursts;
        var (planner, _) = world.Play(PricedPlanner.Tuned(world.Planners));
        var (learned, _) = world.Learned(new HindsightOptions { Start = "priced", Round = 3_000, Batch = 64, Horizon = 8 }, 12_000);
        Assert.True(learned > planner + 0.01, $"learned {learned}, priced {planner}");
    }

    [Fact]
    public void WhereNewsOfTheLinkPayItLearnsToProbeAndWhoImitatesTheOracleNeverDoes()
    {
        var world = HindsightWorld.Silent;
        var options = new HindsightOptions { Start = "priced", Round = 1_500, Batch = 64, Horizon = 12, Explore = 0.1 };
        var (planner, silent) = world.Play(PricedPlanner.Tuned(world.Planners));
        Assert.Equal(0, silent);
        var (learned, probes) = world.Learned(options, 6_000);
        Assert.True(probes > 0 && learned > planner + 0.02, $"learned {learned} with {probes} probes, priced {planner}");
        Assert.Equal(0, world.Learned(options with { Labels = HindsightLabels.Oracle, Horizon = 4 }, 2_000).Probes);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void UnderABudgetItKeepsItAndEarnsMoreThanThePlannerThatIsTunedTo(bool pid)
    {
        var free = Spent(HindsightWorld.Bursts, PricedPlanner.Tuned(HindsightWorld.Bursts.Planners));
        var budgets = new BudgetSpec(EnergyJoules: 0.6 * free.Costs.Energy);
        var world = HindsightWorld.BurstsUnder(budgets);
        var loop = world.Training(new HindsightOptions { Round = 1_000, Batch = 64, Horizon = 8 }, 12_000, pid ? new PidGains(Kp: 0.2, Ki: 0.03, Smoothing: 0.8) : null);
        while (!loop.Done)
            loop.Advance();
        var (planner, learned) = (Spent(world, PricedPlanner.Tuned(world.Planners)), Spent(world, loop.Best));
        Assert.True(budgets.Excess(learned.Costs) < 0.1 && budgets.Excess(free.Costs) > 0.5, $"{learned.Costs.Energy} J of {budgets.EnergyJoules}");
        Assert.True(learned.Reward > planner.Reward, $"learned {learned}, priced {planner}, without a budget {free}");
    }

    private static (double Reward, Costs Costs) Spent(HindsightWorld world, IPolicy policy) =>
        Rollout.Means(() => world.Environment(31), [policy], [.. Enumerable.Range(0, 12)])[0];

    [Fact]
    public void BeforeItLearnsItPlaysAsThePlannerBeneathIt()
    {
        var world = HindsightWorld.Bursts;
        var agent = new HindsightAgent(world.Setup(), Small);
        Assert.Equal(world.Play(PricedPlanner.Tuned(world.Planners)).Reward, world.Play(new LearnedPolicy("h", agent.Policy, world.View)).Reward, 1e-9);
    }

    [Fact]
    public void TheBestOfThePlannersIsTheOneThatEarnsMostOnTheTuningWindows()
    {
        var world = HindsightWorld.Bursts;
        var rewards = HindsightOptions.Planners.ToDictionary(p => p,
            p => Rollout.MeanRewards(world.Planners.Training, [PlannerCatalogue.Create(p, world.Planners)], world.Planners.TrainingWindows)[0]);
        Assert.Equal(rewards.MaxBy(r => r.Value).Key, new HindsightAgent(world.Setup(), Small with { Start = HindsightOptions.BestPlanner }).Start);
    }

    [Theory, InlineData(4_000, 0), InlineData(0, 4_000)]
    public void WhereTheNetworkLearnsNothingASearchBeforeOrAfterTheRoundsStillBeatsThePlanner(int before, int after)
    {
        var world = HindsightWorld.Bursts;
        var (planner, _) = world.Play(PricedPlanner.Tuned(world.Planners));
        var refine = new RefineOptions { Before = before, After = after, Search = new() { Population = 24, Elite = 6, Windows = 6 } };
        var (learned, _) = world.Learned(Small with { LearningRate = 1e-9, Round = 240, Refine = refine }, 4_800);
        Assert.True(learned > planner + 0.01, $"learned {learned}, priced {planner}");
    }

    [Fact]
    public void WithASearchBeforeAndAfterItBeatsThePlannerThatItBeganWith()
    {
        var world = HindsightWorld.Bursts;
        var (planner, _) = world.Play(PricedPlanner.Tuned(world.Planners));
        var refine = new RefineOptions { Before = 2_000, After = 2_000, Search = new() { Population = 16, Elite = 4, Windows = 6 } };
        var (learned, _) = world.Learned(new HindsightOptions { Start = "priced", Round = 2_000, Batch = 64, Horizon = 8, Refine = refine }, 10_000);
        Assert.True(learned > planner + 0.01, $"learned {learned}, priced {planner}");
    }

    [Fact]
    public void ALoadedOneLearnsOnBitForBitAlsoInALaterRound()
    {
        var world = HindsightWorld.Bursts;
        var agent = new HindsightAgent(world.Setup(lanes: 2), Small);
        var other = new HindsightAgent(world.Setup(lanes: 2), Small);
        Live(world, agent, 0, 2);
        Assert.True(agent.Rounds > 0);
        other.Load(new BinaryReader(new MemoryStream(Saved(agent))), "checkpoint.bin");
        Live(world, agent, 2, 2);
        Live(world, other, 2, 2);
        Assert.True(other.Rounds > 1);
        Assert.Equal(Saved(agent), Saved(other));
    }

    [Theory, InlineData(HindsightLabels.Rollout), InlineData(HindsightLabels.Oracle)]
    public void NothingThatItDoesForADecisionAllocates(HindsightLabels labels)
    {
        var world = HindsightWorld.Bursts;
        var agent = new HindsightAgent(world.Setup(), Small with { Labels = labels });
        var environment = world.Environment(21);
        var (view, measures) = (world.View, new double[2]);
        var (observation, mask) = (new float[view.Size], new bool[view.Actions]);
        Live(world, agent, 0, 1, environment);
        environment.Reset(5);
        agent.Begin(environment, 0);
        var before = 0L;
        var step = 40;
        for (; !environment.Truncated; step++)
        {
            if (step == 50)
                before = GC.GetAllocatedBytesForCurrentThread();
            if (step == 60)
                Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
            Decide(agent, view, environment, 0, Math.Min(step, 59), observation, mask, measures);
        }
        Assert.True(step > 60);
    }

    private static void Live(HindsightWorld world, HindsightAgent agent, int from, int windows, OffloadEnvironment? played = null)
    {
        var lanes = played is null ? new[] { world.Environment(21), world.Environment(21) } : [played];
        var view = world.View;
        var (observation, mask, measures) = (new float[view.Size], new bool[view.Actions], new double[2]);
        var step = from * lanes.Length * 40;
        for (var w = from; w < from + windows; w++)
        {
            for (var lane = 0; lane < lanes.Length; lane++)
            {
                lanes[lane].Reset(w * lanes.Length + lane);
                agent.Begin(lanes[lane], lane);
            }
            while (!lanes[0].Truncated)
                for (var lane = 0; lane < lanes.Length; lane++)
                    Decide(agent, view, lanes[lane], lane, step++, observation, mask, measures);
        }
    }

    private static void Decide(
        HindsightAgent agent, AgentView view, OffloadEnvironment environment, int lane, int step, float[] observation, bool[] mask, double[] measures)
    {
        view.Write(environment.Observation, environment.Mask, observation, mask);
        var moment = new Moment(environment, lane, environment.Observation.Request, step, observation, mask);
        agent.Observe(moment);
        var rng = Rng.Keyed(9, (ulong)environment.Window, (ulong)moment.Request, RngPurpose.Explore);
        environment.Step(view.Plans[agent.Choose(moment, ref rng)]);
        agent.Learn(measures);
    }

    private static byte[] Saved(HindsightAgent agent)
    {
        using var memory = new MemoryStream();
        using (var writer = new BinaryWriter(memory))
            agent.Save(writer);
        return memory.ToArray();
    }
}

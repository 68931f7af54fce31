using RlOffload.Agents;
using RlOffload.Agents.Sac;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Tests.Environment;
using RlOffload.Training;

namespace RlOffload.Tests.Agents;

public sealed class BudgetKeeperTests
{
    private static readonly BudgetSpec Budgets = new(EnergyJoules: 0.5, MissRate: 0.1);

    [Fact]
    public void ADecisionIsChargedWhatItSpentWeighedByTheDebtsThatItSaw()
    {
        var keeper = new BudgetKeeper(Budgets, TestWorld.Model());
        var (indebted, free) = (keeper.Weights(new Observation { EnergyDebt = 5, MissDebt = 20 }), keeper.Weights(new Observation()));
        var charges = new float[BudgetKeeper.Charges];
        BudgetKeeper.Charge(keeper.Of(default(Outcome) with { Kind = OutcomeKind.Missed, Energy = 0.1 }, probe: 0.15), indebted, charges);
        Assert.Equal([0.5f * 1.5f, 10 * 3, 0], charges);
        BudgetKeeper.Charge(keeper.Of(default(Outcome) with { Kind = OutcomeKind.Answered, Energy = 0.25, Accuracy = 0.6 }, probe: 0), free, charges);
        Assert.Equal([0.5f, 0, 0], charges);
    }

    [Fact]
    public void MultipliersRiseWhileABudgetIsExceededAndFallWhileItIsNot()
    {
        var keeper = new BudgetKeeper(Budgets, TestWorld.Model());
        keeper.Learn(new Costs(1, 0.05, 0.9));
        Assert.Equal(0.05f, keeper.Multipliers[0], 1e-6f);
        Assert.Equal(0, keeper.Multipliers[1]);
        Assert.Equal(0, keeper.Multipliers[2]); // no budget
        keeper.Learn(new Costs(100, 0.1, 0));
        Assert.Equal(0.15f, keeper.Multipliers[0], 1e-6f);
        keeper.Learn(new Costs(0.25, 0.1, 0));
        Assert.Equal(0.125f, keeper.Multipliers[0], 1e-6f);
    }

    [Fact]
    public void AWindowWithoutMissesLowersTheirMultiplier()
    {
        var keeper = new BudgetKeeper(Budgets, TestWorld.Model());
        keeper.Learn(new Costs(0.5, 0.3, 0));
        keeper.Learn(new Costs(0.5, 0, 0));
        Assert.Equal(0.05f, keeper.Multipliers[1], 1e-6f);
    }

    [Fact]
    public void WithControllersADecisionIsChargedTheSameWhateverDebtsItSees()
    {
        var keeper = new BudgetKeeper(Budgets, TestWorld.Model(), new PidGains(Kp: 0.1, Ki: 0.01, Smoothing: 0, Margin: 0));
        Assert.Equal(keeper.Weights(new Observation()), keeper.Weights(new Observation { EnergyDebt = 5, MissDebt = 20 }));
        keeper.Learn(new Costs(1, 0.05, 0.9));
        Assert.Equal(0.11f, keeper.Multipliers[0], 1e-6f);
        Assert.Equal(0, keeper.Multipliers[1]);
        Assert.Equal(0, keeper.Multipliers[2]); // no budget
        Assert.Equal([keeper.Multipliers[0], 0, 0, 1, 0.05, 0.9], keeper.Report(new Costs(1, 0.05, 0.9)));
        Assert.Equal(BudgetKeeper.Measures.Count, keeper.Report(default).Length);
    }

    [Fact]
    public void WhoeverKeepsTheBudgetsIsWorthMoreThanAnybodyWhoDoesNot()
    {
        var keeper = new BudgetKeeper(Budgets, TestWorld.Model());
        Assert.Equal(0.4, keeper.Merit(0.4, new Costs(0.5, 0.1, 1)));
        var worst = TestWorld.Model().Reward(inTime: false, 0, 1, 1);
        Assert.Equal(worst, keeper.Merit(worst, default));
        Assert.True(keeper.Merit(0.9, new Costs(0.51, 0, 0)) < worst);
        Assert.True(keeper.Merit(0.9, new Costs(0.6, 0, 0)) < keeper.Merit(0.1, new Costs(0.51, 0, 0)));
    }

    /// <summary>A probe is no part of a request's outcome, and costs all the same.</summary>
    [Fact]
    public void AProbeCostsWhatTheWorldSpendsOnIt()
    {
        var environment = TestWorld.Environment(TestWorld.Scenario with { Budgets = Budgets, Arrivals = new ArrivalSpec(ArrivalKind.Periodic, MeanGap: 1) }, TestWorld.Varying());
        var (keeper, plans) = (new BudgetKeeper(Budgets, environment.Model), environment.Model.Table.Plans);
        var found = new double[2];
        var probes = 0.0;
        foreach (var probe in new[] { false, true })
        {
            var plan = Enumerable.Range(0, plans.Count).First(p => plans[p].Kind == PlanKind.Local && plans[p].Exit == 1 && plans[p].Probe == probe);
            environment.Reset(0);
            while (!environment.Truncated)
            {
                probes += keeper.Probe(environment, plan);
                environment.Step(plan);
            }
            found[probe ? 1 : 0] = environment.TotalEnergy;
        }
        Assert.True(probes > 0.1 * found[0]);
        Assert.Equal(found[1] - found[0], probes, 1e-3 * probes);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(1, true)]
    public void AnAgentLearnsToKeepABudgetThatItBreaksWithout(int seed, bool pid)
    {
        var options = new TrainOptions
        {
            Steps = 6_000, StartSteps = 480, UpdateEvery = 3, ValidateEvery = 600, ValidationWindows = 6,
            Agent = new SacOptions { Batch = 64, Hidden = [64, 64], EntropyAnnealUpdates = 800, LearningRateActor = 1e-3 },
            Pid = pid ? new PidGains(Kp: 0.2, Ki: 0.05, Smoothing: 0.5) : null,
        };
        var free = Trained(null, out var unbound);
        var budgets = new BudgetSpec(EnergyJoules: 0.7 * unbound.Energy);
        Assert.NotEmpty(budgets.Broken(unbound));
        var kept = Trained(budgets, out var costs);
        Assert.True(budgets.Excess(costs) < 0.1, $"{costs.Energy} J of {budgets.EnergyJoules}, free {unbound.Energy}");

        // It is no retreat to the cheapest plan: no fixed plan that keeps the budget earns as much.
        var world = World(budgets, 11);
        var best = double.NegativeInfinity;
        for (var p = 0; p < world.Actions; p++)
            if (Mean(world, new FixedPolicy(world.Model, p)) is var (reward, spent) && budgets.Excess(spent) <= 0)
                best = Math.Max(best, reward);
        Assert.True(kept > best + 0.01, $"learned {kept}, best fixed plan {best}, free {free}");

        double Trained(BudgetSpec? budgets, out Costs costs)
        {
            var training = World(budgets, 3);
            var loop = new TrainingLoop([training], World(budgets, 5), [.. Enumerable.Range(0, training.Actions)], options, (ulong)seed);
            while (!loop.Done)
                loop.Advance();
            var test = World(budgets, 11);
            var (reward, mean) = Mean(test, loop.Best);
            costs = mean;
            Assert.True(loop.BestValidation > training.Model.Reward(inTime: false, 0, 1, 1), "the budget is kept on the validation windows");
            return reward;
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public void AResumedRunUnderBudgetsGoesOnBitForBit(bool pid)
    {
        var options = new TrainOptions
        {
            Steps = 240, StartSteps = 60, UpdateEvery = 2, ReplayCapacity = 200, ValidateEvery = 120, ValidationWindows = 1, Agent = new SacOptions { Batch = 16, Hidden = [16] },
            Pid = pid ? new PidGains() : null,
        };
        TrainingLoop Loop() => new([World(Budgets, 3)], World(Budgets, 5), [0, 5, 9], options, 1);
        static byte[] Saved(TrainingLoop loop)
        {
            using var memory = new MemoryStream();
            using (var writer = new BinaryWriter(memory))
                loop.Save(writer);
            return memory.ToArray();
        }
        var whole = Loop();
        whole.Advance();
        whole.Advance();
        var resumed = Loop();
        using (var reader = new BinaryReader(new MemoryStream(Saved(whole))))
            resumed.Load(reader, "checkpoint.bin");
        while (!whole.Done)
        {
            whole.Advance();
            resumed.Advance();
        }
        Assert.Equal(Saved(whole), Saved(resumed));
    }

    private static OffloadEnvironment World(BudgetSpec? budgets, ulong links) =>
        TestWorld.Environment(TestWorld.Scenario with { Budgets = budgets }, TestWorld.Varying(links), probe: false);

    private static (double Reward, Costs Costs) Mean(OffloadEnvironment world, IPolicy policy)
    {
        const int Windows = 12;
        var (reward, costs) = (0.0, new Costs());
        for (var w = 0; w < Windows; w++)
            (reward, costs) = (reward + Rollout.Play(world, policy, w), costs + world.TotalCosts);
        double n = Windows * world.Model.Scenario.Requests;
        return (reward / n, costs / n);
    }
}

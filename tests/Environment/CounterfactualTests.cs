using RlOffload.Environment;

namespace RlOffload.Tests.Environment;

public sealed class CounterfactualTests
{
    private static Scenario Rich => TestWorld.Scenario with
    {
        Device = TestWorld.Scenario.Device with { Heat = new HeatSpec(TimeConstant: 5), Battery = new BatterySpec(60, 40, 0.5) },
        Server = new ServerSpec(Loads: [1, 4, 15], LoadDwellSeconds: 2),
        Budgets = new BudgetSpec(0.4, 0.05, 0.2),
        Requests = 20,
    };

    public static TheoryData<string> Worlds => ["rich", "clocks", "gates", "modem", "expected"];

    private static OffloadEnvironment World(string name) => name switch
    {
        "rich" => TestWorld.Environment(Rich),
        "clocks" => TestWorld.Environment(Rich with { Device = Rich.Device with { Clocks = TestWorld.Clocks, HiddenFactor = 1.3 }, Requests = 10 }),
        "gates" => new(GatedWorld.Model(Rich with { Requests = 10, Reward = Rich.Reward with { Accuracy = AccuracySource.Images } }), TestWorld.Varying(), TestWorld.Seed),
        "expected" => TestWorld.Environment(Rich with { Device = Rich.Device with { Backlog = BacklogKnowledge.Expected }, Arrivals = Rich.Arrivals with { MeanGap = 0.2 } }),
        _ => TestWorld.Environment(TestWorld.Scenario with { Uplink = TestWorld.Scenario.Uplink with { Observe = RateKnowledge.Modem }, Requests = 20 }),
    };

    [Theory, MemberData(nameof(Worlds))]
    public void EveryPlanLeadsExactlyWhereStepLeads(string world)
    {
        var environment = World(world);
        for (var window = 0; window < 2; window++)
        {
            var counterfactual = new Counterfactual(environment);
            var played = new List<int>();
            environment.Reset(window);
            var policy = new RandomPolicy(8);
            policy.Begin(window);
            while (!environment.Truncated)
            {
                for (var plan = 0; plan < environment.Actions; plan++)
                {
                    if (!environment.Mask[plan])
                        continue;
                    var stepped = World(world);
                    stepped.Reset(window);
                    foreach (var p in played)
                        stepped.Step(p);
                    var expected = stepped.Step(plan);
                    var after = counterfactual.After(plan, out var result);
                    Assert.Equal(expected, result);
                    Assert.Equal(stepped.Delivered, after.Delivered);
                    Assert.Equal(stepped.Mask, after.Mask);
                    Assert.Equal(stepped.Observation.Numbers(), after.Observation.Numbers());
                    Assert.Equal((stepped.TotalReward, stepped.TotalEnergy, stepped.Truncated), (after.TotalReward, after.TotalEnergy, after.Truncated));
                    if (stepped.Truncated)
                        continue;
                    var next = (7 * plan + 3) % stepped.Actions;
                    next = stepped.Mask[next] ? next : stepped.Mask.LastIndexOf(true);
                    Assert.Equal(stepped.Step(next), after.Step(next));
                    Assert.Equal(stepped.Observation.Numbers(), after.Observation.Numbers());
                }
                played.Add(policy.Decide(environment.Observation, environment.Mask));
                environment.Step(played[^1]);
            }
        }
    }

    [Theory, MemberData(nameof(Worlds))]
    public void PlansThatAreTriedInARowLeadWhereEachLeadsAlone(string world)
    {
        var environment = World(world);
        var counterfactual = new Counterfactual(environment);
        environment.Reset(0);
        var policy = new RandomPolicy(5);
        policy.Begin(0);
        while (!environment.Truncated)
        {
            for (var i = 0; i < 2 * environment.Actions; i++)
            {
                var plan = i * 7 % environment.Actions;
                if (!environment.Mask[plan])
                    continue;
                var alone = new Counterfactual(environment).After(plan, out var expected);
                var after = counterfactual.After(plan, out var result);
                Assert.Equal(expected, result);
                Assert.Equal(alone.Delivered, after.Delivered);
                Assert.Equal(alone.Observation.Numbers(), after.Observation.Numbers());
                Assert.Equal((alone.TotalReward, alone.TotalEnergy, alone.TotalCosts, alone.Truncated), (after.TotalReward, after.TotalEnergy, after.TotalCosts, after.Truncated));
                if (i % 5 != 0)
                    continue;
                while (!after.Truncated)
                    Assert.Equal(alone.Step(alone.Mask.LastIndexOf(true)), after.Step(after.Mask.LastIndexOf(true)));
            }
            environment.Step(policy.Decide(environment.Observation, environment.Mask));
        }
    }

    [Fact]
    public void RollingOnWithTheRecordedPlansIsReplay()
    {
        var environment = TestWorld.Environment();
        var counterfactual = new Counterfactual(environment);
        var recorded = environment.Play(1, new RandomPolicy(4)).OrderBy(o => o.Request).Select(o => o.Plan).ToArray();
        var total = environment.TotalReward;
        environment.Reset(1);
        foreach (var plan in recorded)
        {
            Assert.Equal(total - environment.TotalReward, counterfactual.RollOn(plan, recorded), 9);
            environment.Step(plan);
        }
    }

    [Fact]
    public void RollingOnWithAPolicyIsWhatThePolicyWouldHaveEarned()
    {
        var environment = TestWorld.Environment();
        var greedy = new GreedyPolicy(environment.Model, 0.2, 0.2);
        environment.Play(2, greedy);
        var total = environment.TotalReward;
        environment.Reset(2);
        for (var i = 0; i < 20; i++)
        {
            var plan = greedy.Decide(environment.Observation, environment.Mask);
            Assert.Equal(total - environment.TotalReward, new Counterfactual(environment).RollOn(plan, greedy), 9);
            environment.Step(plan);
        }
    }

    [Fact]
    public void LookingAsideLeavesTheEnvironmentAsItWas()
    {
        var environment = TestWorld.Environment(Rich);
        environment.Reset(0);
        environment.Step(TestWorld.Plan(environment, "remote@3"));
        var (seen, reward, energy) = (environment.Observation.Numbers(), environment.TotalReward, environment.TotalEnergy);
        new Counterfactual(environment).RollOn(0, new RandomPolicy(1));
        Assert.Equal(seen, environment.Observation.Numbers());
        Assert.Equal((reward, energy), (environment.TotalReward, environment.TotalEnergy));
    }

    [Fact]
    public void AHorizonCountsWhatBecomesKnownWithinItAndAllocatesNothing()
    {
        var (environment, stepped) = (TestWorld.Environment(Rich), TestWorld.Environment(Rich));
        var counterfactual = new Counterfactual(environment);
        environment.Reset(0);
        environment.Step(2);
        var policy = new RlOffload.Agents.Planners.GreedyPlanner(environment.Model, [.. Enumerable.Range(0, environment.Actions)]);
        foreach (var horizon in new[] { 0, 5, 1000 })
        {
            stepped.Reset(0);
            stepped.Step(2);
            var (reward, costs) = (stepped.TotalReward, stepped.TotalCosts);
            stepped.Step(5);
            for (var h = 0; h < horizon && !stepped.Truncated; h++)
                stepped.Step(policy.Decide(stepped.Observation, stepped.Mask));
            Assert.Equal((stepped.TotalReward - reward, stepped.TotalCosts - costs), counterfactual.RollOn(5, policy, horizon));
        }
        var before = GC.GetAllocatedBytesForCurrentThread();
        counterfactual.RollOn(5, policy, 1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}

using RlOffload.Environment;
using RlOffload.Environment.Oracles;
using RlOffload.Environment.Plans;

namespace RlOffload.Tests.Environment.Oracles;

public sealed class HindsightBeamTests
{
    private static readonly Scenario Overload = TestWorld.Scenario with { Arrivals = new ArrivalSpec(MeanGap: 0.12) };

    private static readonly Scenario Battery = TestWorld.Scenario with
    {
        Device = TestWorld.Scenario.Device with { Battery = new BatterySpec(20, 8, 0.5) }, Requests = 30,
    };

    private static readonly Scenario Hot = TestWorld.Scenario with { Device = TestWorld.Scenario.Device with { Heat = new HeatSpec(5) }, Requests = 30 };

    [Fact]
    public void TheReportedRewardIsWhatItsPlansEarn()
    {
        foreach (var scenario in new[] { Overload, Battery, Hot })
        {
            var environment = TestWorld.Environment(scenario, probe: false);
            var beam = new HindsightBeam(environment, 8);
            for (var window = 0; window < 3; window++)
            {
                var found = beam.Search(window);
                Assert.Equal(Earned(environment, window, found), found.Reward, 9);
                var reworked = beam.Rework(window, found.Plans);
                Assert.Equal(Earned(environment, window, reworked), reworked.Reward, 9);
                Assert.True(reworked.Reward >= found.Reward - 1e-9);
            }
        }
    }

    [Fact]
    public void NoPolicyOfOnePlanOrOfPricesOrOfChanceEarnsMoreInAnyWindow()
    {
        foreach (var scenario in new[] { TestWorld.Scenario, Overload, Battery })
        {
            var environment = TestWorld.Environment(scenario);
            var beam = new HindsightBeam(environment, 24);
            for (var window = 0; window < 2; window++)
            {
                var best = beam.Search(window).Reward;
                foreach (var rival in Rivals(environment.Model))
                {
                    var earned = Rollout.Play(environment, rival, window);
                    Assert.True(earned <= best + 1e-9, $"{rival.Name} earned {earned} of {best} in window {window}");
                }
            }
        }
    }

    [Fact]
    public void InSmallWindowsItFindsTheOptimumOfAllCourses()
    {
        // Four requests in a burst and seven plans: all 2,401 courses of each window.
        var scenario = TestWorld.Scenario with { Requests = 4, Arrivals = new ArrivalSpec(ArrivalKind.Poisson, 0.08) };
        string[] texts = ["local@1", "local@2", "local@3", "remote@3", "cut1@3/8b", "cut2@2/4b", "drop"];
        var environment = TestWorld.Environment(scenario, probe: false);
        int[] plans = [.. texts.Select(t => TestWorld.Plan(environment, t))];
        var beam = new HindsightBeam(environment, 48, plans);
        for (var window = 0; window < 12; window++)
        {
            environment.Reset(window);
            Assert.Equal(Best(environment, plans), beam.Rework(window, beam.Search(window).Plans).Reward, 9);
        }
    }

    [Fact]
    public void OnlyTheGivenPlansAreChosenAndNoneThatProbes()
    {
        var environment = TestWorld.Environment(Overload);
        int[] plans = [.. new[] { "local@1", "remote@3", "drop", "drop+probe", "local@1+probe" }.Select(t => TestWorld.Plan(environment, t))];
        var chosen = new HindsightBeam(environment, 8, plans).Search(1).Plans.Distinct().ToArray();
        Assert.All(chosen, p => Assert.Contains(p, plans[..3]));
        Assert.True(chosen.Length > 1);
    }

    [Fact]
    public void AnImprovedCourseEarnsMoreThanAnyThatDiffersInOneRequest()
    {
        var environment = TestWorld.Environment(Overload, probe: false);
        var beam = new HindsightBeam(environment, 1);
        for (var window = 0; window < 3; window++)
        {
            var played = environment.Play(window, new RandomPolicy(1)).OrderBy(o => o.Request).Select(o => o.Plan).ToArray();
            var earned = environment.TotalReward;
            var improved = beam.Improve(window, played);
            Assert.True(improved.Reward > earned);
            foreach (var request in new[] { 0, 7, 30, 59 })
                for (var plan = 0; plan < environment.Actions; plan++)
                {
                    var other = improved.Plans.ToArray();
                    other[request] = plan;
                    Assert.True(Earned(environment, window, improved with { Plans = other }) <= improved.Reward + 1e-8);
                }
        }
    }

    [Fact]
    public void WiderBeamsEarnMoreInTheMean()
    {
        var environment = TestWorld.Environment(Overload, probe: false);
        double Mean(int width)
        {
            var beam = new HindsightBeam(environment, width);
            return Enumerable.Range(0, 5).Average(w => beam.Search(w).Reward) / Overload.Requests;
        }
        double[] means = [Mean(1), Mean(6), Mean(24), Mean(96)];
        Assert.Equal(means.Order(), means);
    }

    [Fact]
    public void SearchingLeavesTheEnvironmentWhereItWasAndRemembersNothing()
    {
        var environment = TestWorld.Environment(Overload);
        environment.Reset(3);
        environment.Step(0);
        var undisturbed = TestWorld.Environment(Overload);
        undisturbed.Reset(3);
        undisturbed.Step(0);
        var beam = new HindsightBeam(environment, 6);
        var first = beam.Search(2);
        beam.Search(5);
        var again = beam.Search(2);
        Assert.Equal(first.Reward, again.Reward);
        Assert.Equal(first.Plans, again.Plans);
        environment.Step(1);
        undisturbed.Step(1);
        Assert.Equal(undisturbed.Observation.Numbers(), environment.Observation.Numbers());
    }

    private static double Earned(OffloadEnvironment environment, int window, FoundCourse course)
    {
        environment.Reset(window);
        foreach (var plan in course.Plans)
            environment.Step(plan);
        return environment.TotalReward;
    }

    private static List<IPolicy> Rivals(CostModel model)
    {
        double[] prices = [0, 0.1, 0.3, 1, 3];
        return
        [
            .. Enumerable.Range(0, model.Count).Select(p => new FixedPolicy(model, p)),
            .. prices.SelectMany(d => prices.Select(u => new GreedyPolicy(model, d, u))),
            .. Enumerable.Range(0, 3).Select(s => new RandomPolicy((ulong)s)),
        ];
    }

    private static double Best(OffloadEnvironment at, int[] plans)
    {
        if (at.Truncated)
            return at.TotalReward;
        var fork = at.Fork();
        var best = double.NegativeInfinity;
        foreach (var plan in plans)
        {
            fork.CopyFrom(at);
            fork.Step(plan);
            best = Math.Max(best, Best(fork, plans));
        }
        return best;
    }

    [Fact]
    public void FromAnyStateItsFirstPlansEarnMoreThanPlannersThatSeeNothing()
    {
        var environment = TestWorld.Environment();
        var beam = new HindsightBeam(environment, 8);
        var greedy = new RlOffload.Agents.Planners.GreedyPlanner(environment.Model, [.. Enumerable.Range(0, environment.Actions)]);
        var rewards = new double[2];
        for (var window = 0; window < 3; window++)
        {
            for (environment.Reset(window); !environment.Truncated;)
                environment.Step(beam.FirstPlan(environment, 6));
            rewards[0] += environment.TotalReward;
            for (environment.Reset(window); !environment.Truncated;)
                environment.Step(greedy.Decide(environment.Observation, environment.Mask));
            rewards[1] += environment.TotalReward;
        }
        Assert.True(rewards[0] > rewards[1] + 1, $"beam {rewards[0]}, greedy {rewards[1]}");
    }
}

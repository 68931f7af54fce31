using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents.Planners.Diagnostics;

public sealed class ClairvoyantPlannerTests
{
    private static int[] All(CostModel model) => [.. Enumerable.Range(0, model.Count)];

    [Fact]
    public void OfASingleRequestItEarnsAtLeastWhatAnyPlanEarns()
    {
        for (var world = 0ul; world < 4; world++)
        {
            var scenario = TestWorld.Scenario with { Requests = 1, Server = TestWorld.Scenario.Server with { Loads = [1, 4], LoadDwellSeconds = 1 } };
            var model = RandomWorld.Model(world, scenario);
            var setup = RandomWorld.Setup(model);
            var (environment, clairvoyant) = (setup.Training(), new ClairvoyantPlanner(model, All(model)));
            for (var window = 0; window < 12; window++)
            {
                var earned = Rollout.Play(environment, clairvoyant, window);
                var most = Enumerable.Range(0, model.Count).Max(p => Rollout.Play(environment, new FixedPolicy(model, p), window));
                Assert.Equal(most, earned, 12);
            }
        }
    }

    /// <summary>Requests that come one after the other, each with nothing queued.</summary>
    [Fact]
    public void WhereNothingIsQueuedNoPlannerEarnsMore()
    {
        var scenario = TestWorld.Scenario with { Arrivals = new(ArrivalKind.Periodic, MeanGap: 3), Requests = 12 };
        var (plain, byImage) = (RandomWorld.Small(scenario), BanditWorld.Model(scenario));
        foreach (var (name, model) in PlannerCatalogue.All.Where(p => p.Name != "hindsight").Select(p => (p.Name, p.NeedsImages ? byImage : plain)))
        {
            var setup = RandomWorld.Setup(model) with { TrainingWindows = [0] };
            var (environment, policy) = (setup.Training(), PlannerCatalogue.Create(name, setup));
            foreach (var window in new[] { 2, 3 })
            {
                var clairvoyant = Rollout.Play(environment, new ClairvoyantPlanner(model, All(model)), window);
                Assert.True(clairvoyant >= Rollout.Play(environment, policy, window) - 1e-9, $"{name} earns more in window {window}");
            }
        }
    }

    [Fact]
    public void DecidingLeavesTheWorldAsItIs()
    {
        var environment = TestWorld.Environment();
        var clairvoyant = new ClairvoyantPlanner(environment.Model, All(environment.Model));
        Rollout.Begin(environment, clairvoyant, 3);
        var plan = TestWorld.Plan(environment, "cut1@3/8b");
        for (var request = 0; request < 10; request++)
        {
            var before = environment.Observation.Numbers();
            clairvoyant.Decide(environment.Observation, environment.Mask);
            Assert.Equal(before, environment.Observation.Numbers());
            environment.Step(plan);
        }
        var reward = environment.TotalReward;
        Rollout.Begin(environment, new FixedPolicy(environment.Model, plan), 3);
        for (var request = 0; request < 10; request++)
            environment.Step(plan);
        Assert.Equal(reward, environment.TotalReward);
    }

    [Fact]
    public void WithoutForesightItRefuses()
    {
        var environment = TestWorld.Environment();
        environment.Reset(0);
        var error = Assert.Throws<InvalidOperationException>(() => new ClairvoyantPlanner(environment.Model, All(environment.Model)).Decide(environment.Observation, environment.Mask));
        Assert.Contains("Foresee", error.Message);
    }
}

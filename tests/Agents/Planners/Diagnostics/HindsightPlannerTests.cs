using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Oracles;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents.Planners.Diagnostics;

public sealed class HindsightPlannerTests
{
    [Fact]
    public void PlayedTheCourseEarnsWhatTheSearchSays()
    {
        var setup = RandomWorld.Setup(RandomWorld.Small(TestWorld.Scenario with { Requests = 30 }));
        var world = setup.Training();
        var beam = new HindsightBeam(world, 8, setup.Candidates);
        var hindsight = new HindsightPlanner(setup.Model, setup.Candidates, null);
        for (var window = 0; window < 4; window++)
            Assert.Equal(beam.Search(window).Reward, Rollout.Play(world, hindsight, window), 9);
    }

    [Fact]
    public void NoPlannerOverTheSamePlansEarnsMore()
    {
        var setup = RandomWorld.Setup(RandomWorld.Small(TestWorld.Scenario with { Requests = 30 }));
        var hindsight = new HindsightPlanner(setup.Model, setup.Candidates, null);
        var prices = PricedPlanner.Tuned(setup).Prices;
        IPolicy[] others = [new GreedyPlanner(setup.Model, setup.Candidates), new PricedPlanner(setup.Model, setup.Candidates, prices),
            new ClairvoyantPlanner(setup.Model, setup.Candidates), new ForesightedOptimiser(setup, prices), new MpcPlanner(setup.Model, setup.Candidates, prices, new(4, 2, 1, 1))];
        foreach (var window in new[] { 4, 5, 6, 7, 8, 9 })
        {
            var most = Rollout.Play(setup.Training(), hindsight, window);
            Assert.All(others, o => Assert.True(Rollout.Play(setup.Training(), o, window) <= most + 1e-9, $"{o.Name} in window {window}"));
        }
    }

    [Fact]
    public void ACourseThatIsKnownIsPlayed()
    {
        var setup = RandomWorld.Setup(RandomWorld.Small());
        var plan = RandomWorld.Plan(setup.Model, "cut2@3/8b");
        var courses = new HindsightCourses();
        var hindsight = new HindsightPlanner(setup.Model, setup.Candidates, courses);
        courses.Become(new Dictionary<int, int[]> { [5] = [.. Enumerable.Repeat(plan, TestWorld.Scenario.Requests)] });
        Assert.Equal(Rollout.Play(setup.Training(), new FixedPolicy(setup.Model, plan), 5), Rollout.Play(setup.Training(), hindsight, 5));
        Assert.Null(courses.Of(6));
    }
}

using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents.Planners;

public sealed class SplitEePlannerTests
{
    public static TheoryData<string> Names => ["splitee", "splitee-s", "i-splitee", "splitee@8", "splitee-s@8", "i-splitee@8"];

    [Theory, MemberData(nameof(Names))]
    public void AWindowIsPlayedTheSameWayWhateverWasPlayedBefore(string name)
    {
        var setup = BanditWorld.Setup(BanditWorld.Model());
        var (policy, world) = (PlannerCatalogue.Create(name, setup), setup.Training());
        Assert.Equal(name, policy.Name);
        var first = Rollout.Play(world, policy, 3);
        Rollout.Play(world, policy, 4);
        Assert.Equal(first, Rollout.Play(world, policy, 3));
        Assert.Equal(first, Rollout.Play(world, PlannerCatalogue.Create(name, setup), 3));
    }

    [Theory, MemberData(nameof(Names))]
    public void WhateverIsMaskedItsPlanIsAllowed(string name)
    {
        var model = BanditWorld.Model();
        var policy = PlannerCatalogue.Create(name, BanditWorld.Setup(model));
        var rng = new Rng(3);
        for (var round = 0; round < 200; round++)
        {
            var mask = RandomWorld.Mask(model.Table.Plans, ref rng, round % 5 / 4.0);
            Assert.True(mask[policy.Decide(RandomWorld.Observation(ref rng), mask)]);
        }
    }

    [Fact]
    public void AnArmIsAnExitTriedOnTheDeviceAndThenSentFromWhereItBranchesOff()
    {
        var model = BanditWorld.Model();
        string[] Arms(SplitEeVariant v, int bits) => [.. new SplitEePlanner(model, v, bits).Plans.Select(p => model.Table.Plans[p].ToString())];
        Assert.Equal(["cut1@3/32b?c0.8", "cut2@3/32b?c-/0.8", "local@3"], Arms(SplitEeVariant.SplitEe, 32));
        Assert.Equal(["cut1@3/8b?c0.8", "cut2@3/8b?c2/0.8", "local@3"], Arms(SplitEeVariant.SplitEeS, 8));
        Assert.Equal(["cut1@3/32b?c0.5", "cut2@3/32b?c-/0.5", "local@3"], Arms(SplitEeVariant.ISplitEe, 32));
    }

    [Fact]
    public void WithoutDeadlinesItComesToThePlanOfHighestExpectedReward()
    {
        var model = BanditWorld.Model(BanditWorld.Unhurried);
        var setup = BanditWorld.Setup(model, TestWorld.Constant()) with { TrainingWindows = [.. Enumerable.Range(0, 400)] };
        var confidence = BanditWorld.Profile.Outcomes!.Confidence;
        var rewards = SplitRewards.SplitEe(3, false);
        var best = Enumerable.Range(0, 3).MaxBy(arm => Enumerable.Range(0, GatedWorld.Images).Average(i => rewards.Of(arm, confidence[arm][i], confidence[2][i])));
        foreach (var variant in new[] { SplitEeVariant.SplitEe, SplitEeVariant.SplitEeS })
        {
            var planner = SplitEePlanner.Learned(setup, variant, 8, "splitee");
            var world = setup.Training();
            var counts = new int[model.Count];
            Rollout.Begin(world, planner, 50);
            while (!world.Truncated)
            {
                var plan = planner.Decide(world.Observation, world.Mask);
                counts[plan]++;
                world.Step(plan);
                foreach (ref readonly var outcome in world.Delivered)
                    planner.Deliver(outcome);
            }
            Assert.Equal(planner.Plans[best], Array.IndexOf(counts, counts.Max()));
        }
    }

    [Fact]
    public void WhatItLearnedOnTheTrainingWindowsIsRemembered()
    {
        using var folder = new TemporaryFolder();
        var setup = BanditWorld.Setup(BanditWorld.Model()) with { Constants = new TunedConstants(folder.Root, "a") };
        var world = setup.Training();
        var first = Rollout.Play(world, PlannerCatalogue.Create("splitee-s", setup), 5);
        Assert.Equal(first, Rollout.Play(world, PlannerCatalogue.Create("splitee-s", setup with
        {
            Constants = new TunedConstants(folder.Root, "a"), Training = () => throw new InvalidOperationException("learned again"),
        }), 5));
    }

    [Theory]
    [InlineData("splitee")]
    [InlineData("branchynet")]
    public void AProfileThatDoesNotKnowSingleImagesIsRefused(string name) => Assert.Contains("outcomes: is missing", Assert.Throws<InputException>(() =>
        PlannerCatalogue.Create(name, RandomWorld.Setup(RandomWorld.Small()))).Message, StringComparison.Ordinal);
}

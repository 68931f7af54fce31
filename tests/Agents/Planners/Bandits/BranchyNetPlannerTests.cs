using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents.Planners;

public sealed class BranchyNetPlannerTests
{
    /// <summary>The shipped network, alone on the device with all the time it wants; rewarded by the image drawn.</summary>
    private static readonly Scenario Alone = TestWorld.Scenario with
    {
        Device = new DeviceSpec(PackSecondsPerElement: 0), Deadlines = new DeadlineSpec(Median: 30), Arrivals = new ArrivalSpec(ArrivalKind.Periodic, MeanGap: 2), Requests = 500,
        Reward = new RewardSpec(LatencyWeight: 0, Accuracy: RlOffload.Environment.AccuracySource.Images),
    };

    [Fact]
    public void SweepingTheThresholdTradesAccuracyForEarlyExitsAsTheProfilesImagesDo()
    {
        var profile = ProfileFile.Read(Repository.At("models/fashion_frames.profile.json"));
        var outcomes = profile.Outcomes!;
        var plans = new PlanTable(PlanTable.Of(profile, [8], probe: false).Plans.Union(PublishedGates.Plans(profile, [8])));
        var model = new CostModel(new CostTable(profile, plans, Alone), Alone);
        var world = new OffloadEnvironment(model, TestWorld.Constant(), TestWorld.Seed);
        double[] before = new double[profile.Exits.Count];
        foreach (var plan in BranchyNetPlanner.Thresholds(model.Table))
        {
            var threshold = plans[plan].Gate!.Thresholds[0];
            var shares = new double[profile.Exits.Count];
            var right = 0.0;
            for (var i = 0; i < outcomes.Images; i++)
            {
                var exit = 0;
                while (exit < shares.Length - 1 && outcomes.Entropy[exit][i] >= threshold)
                    exit++;
                shares[exit] += 1.0 / outcomes.Images;
                right += outcomes.Correct[exit][i] == '1' ? 1.0 / outcomes.Images : 0;
            }
            Assert.True(shares[0] >= before[0], "a higher threshold lets more leave at the first exit");
            before = shares;
            Assert.Equal(right, model.Table[plan].Accuracy, 1e-9);
            var played = new double[shares.Length];
            var policy = new BranchyNetPlanner(model, plan);
            Rollout.Begin(world, policy, 0);
            var correct = 0.0;
            while (!world.Truncated)
            {
                world.Step(policy.Decide(world.Observation, world.Mask));
                foreach (ref readonly var outcome in world.Delivered)
                {
                    played[outcome.Exit] += 1.0 / Alone.Requests;
                    correct += outcome.Accuracy / Alone.Requests;
                }
            }
            // Four standard errors of a share over 500 images.
            for (var e = 0; e < shares.Length; e++)
                Assert.Equal(shares[e], played[e], 4 * Math.Sqrt(Math.Max(0.0002, shares[e] * (1 - shares[e])) / Alone.Requests));
            Assert.Equal(right, correct, 4 * Math.Sqrt(right * (1 - right) / Alone.Requests));
        }
        Assert.True(before[0] > 0.5, "at the highest threshold most images leave at the first exit");
    }

    [Fact]
    public void ItsThresholdEarnsMostOnTheTrainingWindows()
    {
        using var folder = new TemporaryFolder();
        var setup = BanditWorld.Setup(BanditWorld.Model()) with { Constants = new TunedConstants(folder.Root, "a") };
        var world = setup.Training();
        double Earned(int plan) => Rollout.Play(world, new BranchyNetPlanner(setup.Model, plan), setup.TrainingWindows).Sum();
        var best = BranchyNetPlanner.Thresholds(setup.Model.Table).MaxBy(Earned);
        Assert.Equal(best, BranchyNetPlanner.Tuned(setup).Plan);
        Assert.Equal(best, BranchyNetPlanner.Tuned(setup with { Threads = 2, Constants = null }).Plan);
        Assert.Equal(PublishedGates.Entropies.Count, setup.TuningTrials("branchynet"));
    }

    [Fact]
    public void WhatIsMaskedIsNotPlayed()
    {
        var model = BanditWorld.Model();
        var planner = new BranchyNetPlanner(model, BranchyNetPlanner.Thresholds(model.Table)[0]);
        var rng = new Rng(1);
        var mask = RandomWorld.AllAllowed(model.Table.Plans);
        Assert.Equal(planner.Plan, planner.Decide(RandomWorld.Observation(ref rng), mask));
        mask[planner.Plan] = false;
        Assert.Equal("local@3", model.Table.Plans[planner.Decide(RandomWorld.Observation(ref rng), mask)].ToString());
    }
}

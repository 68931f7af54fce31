using RlOffload.Environment.Profiles;
using RlOffload.Inference.Policies;
using RlOffload.Training;

namespace RlOffload.Tests.Checkpoints;

public sealed class QuickstartTests
{
    [Fact]
    public void TheShippedPolicyDecidesAsItWasTrainedAndFitsTheShippedNetworkAndProfile()
    {
        var report = PolicyVerification.Run(Repository.At("checkpoints/quickstart"), null, null);
        Assert.True(report.Passed, string.Join('\n', report.Failures));
        Assert.True(report.Vectors >= FrozenPolicyFile.LeastGolden);
        Assert.Empty(report.Warnings);
    }

    [Fact]
    public void TheShippedPolicyIsOneOfTheQuickstartsConfig()
    {
        var world = Experiment.Load(Repository.At("configs/quickstart.yaml"), []).Build();
        var policy = FrozenPolicyFile.Read(Repository.At("checkpoints/quickstart"));
        Assert.Equal(world.Plans.Hash, policy.PlansSha256);
        Assert.Equal(world.Scenario.Deadlines, policy.Scenario.Deadlines);
        Assert.Equal(world.Scenario.Arrivals, policy.Scenario.Arrivals);
        Assert.Equal(ProfileHashes.Of(world.Profile), policy.Profile.Sha256);
    }
}

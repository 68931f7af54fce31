using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Policies;

namespace RlOffload.Tests.Inference.Policies;

public sealed class FrozenPolicyCheckTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestNetwork _network;
    private readonly FrozenPolicy _policy;

    public FrozenPolicyCheckTests()
    {
        _network = new TestNetwork(_folder);
        _policy = _network.Describe();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheProfileOfItsTrainingIsAcceptedWithoutAWord()
    {
        Assert.Empty(FrozenPolicyCheck.Problems(_policy));
        Assert.Empty(FrozenPolicyCheck.Refusals(_policy, ProfileFile.Read(_network.ProfilePath)));
        Assert.Empty(FrozenPolicyCheck.Warnings(_policy, ProfileFile.Read(_network.ProfilePath)));
    }

    [Fact]
    public void AShieldOfAnotherRuleOrOfAFasterLinkIsRefused()
    {
        Assert.Empty(FrozenPolicyCheck.Problems(_policy with { Shield = new FrozenShield("deadline", 1.2816) }));
        Assert.Contains(FrozenPolicyCheck.Problems(_policy with { Shield = new FrozenShield("mirror", 1) }), p => p.StartsWith("shield.rule: is 'mirror', allowed is deadline", StringComparison.Ordinal));
        foreach (var deviates in new[] { -0.1, double.NaN, 11 })
            Assert.Contains(FrozenPolicyCheck.Problems(_policy with { Shield = new FrozenShield("deadline", deviates) }), p => p.StartsWith("shield.deviates:", StringComparison.Ordinal));
    }

    [Fact]
    public void AProbingRuleForAgesThatNothingHasIsRefused()
    {
        foreach (var after in new double?[] { null, 0, 0.5, 120 })
            Assert.Empty(FrozenPolicyCheck.Problems(_policy with { ProbeAfterSeconds = after }));
        foreach (var after in new[] { -0.1, double.NaN, 121 })
            Assert.StartsWith("probe_after_seconds: is", Assert.Single(FrozenPolicyCheck.Problems(_policy with { ProbeAfterSeconds = after })), StringComparison.Ordinal);
    }

    [Fact]
    public void PlansThatSetTheClockAreKeptAndFitTheProfile()
    {
        using var folder = new TemporaryFolder();
        var network = new TestNetwork(folder, scenario: _network.Scenario with { Device = new DeviceSpec(TimeFactor: 10, Clocks: [new(5e7, 2, 0.5)]) });
        network.WritePolicy();
        var policy = FrozenPolicyFile.Read(network.PolicyPath);
        Assert.Contains(policy.Table().Plans, p => p.Clock == new Clock(5e7, 2, 0.5));
        Assert.Empty(FrozenPolicyCheck.Problems(policy));
        Assert.Empty(FrozenPolicyCheck.Refusals(policy, network.Profile));
        var other = policy with { Scenario = policy.Scenario with { Device = policy.Scenario.Device with { Clocks = [new(5e7, 3, 0.5)] } } };
        Assert.Contains("50MHz", string.Join('\n', FrozenPolicyCheck.Refusals(other, network.Profile)), StringComparison.Ordinal);
    }

    [Fact]
    public void OtherTimesOrAccuraciesAreWarnedOfAndNotRefused()
    {
        var slower = _network.Profile with { WholeMs = [.. _network.Profile.WholeMs.Select(t => new Duration(t.Median * 2, t.P90 * 2))] };
        Assert.Empty(FrozenPolicyCheck.Refusals(_policy, slower));
        Assert.Contains("times", Assert.Single(FrozenPolicyCheck.Warnings(_policy, slower)), StringComparison.Ordinal);
        var better = _network.Profile with { Accuracy = [.. _network.Profile.Accuracy.Select(a => a with { Value = a.Value + 0.01 })] };
        Assert.Empty(FrozenPolicyCheck.Refusals(_policy, better));
        Assert.Contains("accuracy", Assert.Single(FrozenPolicyCheck.Warnings(_policy, better)), StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherModelOtherCutsOrMissingPlansAreRefused()
    {
        var p = _network.Profile;
        Assert.Contains("model.sha256", Refusal(p with { Model = p.Model with { Sha256 = "00" } }), StringComparison.Ordinal);
        Assert.Contains("structure", Refusal(p with { Cuts = [p.Cuts[0], p.Cuts[1] with { Tensors = [p.Cuts[1].Tensors[0] with { Name = "c" }] }, .. p.Cuts.Skip(2)] }), StringComparison.Ordinal);
        Assert.Contains("cut1@1/4b", Refusal(p with { Partitions = [.. p.Partitions.Where(q => q is not { Exit: 0, Cut: 1 })] }), StringComparison.Ordinal);
        var renamed = _policy with { Observation = [new("another", "s"), .. _policy.Observation.Skip(1)] };
        Assert.Contains("observation: differs", Assert.Single(FrozenPolicyCheck.Refusals(renamed, p)), StringComparison.Ordinal);
    }

    private string Refusal(ModelProfile profile) => string.Join('\n', FrozenPolicyCheck.Refusals(_policy, profile));
}

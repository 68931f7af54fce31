using RlOffload.Environment;
using RlOffload.Inference.Policies;
using RlOffload.Inference.Policies.Distilled;

namespace RlOffload.Tests.Inference.Policies.Distilled;

public sealed class RegionPolicyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestNetwork _network;

    public RegionPolicyTests() => _network = new TestNetwork(_folder);

    public void Dispose() => _folder.Dispose();

    /// <summary>Two leaves by the second entry; the first ranks plans backwards, the second follows the expected rewards but for the last plan.</summary>
    private RegionPolicy Made(out FrozenPolicy policy)
    {
        var described = _network.Describe();
        var (inputs, plans) = (described.Observation.Count, described.Plans.Count);
        var first = described.Observation.ToList().FindIndex(f => f.Name.StartsWith("expected_reward[", StringComparison.Ordinal));
        var values = new float[2 * plans];
        for (var p = 0; p < plans; p++)
            values[p] = p;
        values[^1] = 100;
        var regions = new RegionPolicy(new DecisionTree([new(1, 0.5f, ~0, ~1)]), inputs, plans, first, 1, [0, 2], values);
        policy = described with { Form = PolicyForm.Tree, Golden = [.. described.Golden.Select(g => Answered(regions, g))] };
        return regions;
    }

    private static GoldenVector Answered(RegionPolicy regions, GoldenVector asked)
    {
        asked.Observation.ToArray().CopyTo(regions.Observation, 0);
        for (var p = 0; p < asked.Mask.Length; p++)
            regions.Mask[p] = asked.Mask[p] - '0';
        regions.Run();
        return asked with { Logits = [.. regions.Logits], Plan = regions.Best() };
    }

    [Fact]
    public void ARegionRanksPlansOrCorrectsWhatTheCostModelExpects()
    {
        var regions = Made(out var policy);
        Array.Fill(regions.Mask, 1);
        regions.Run();
        Assert.Equal(policy.Plans.Count - 1, regions.Best());
        regions.Mask[^1] = 0;
        regions.Run();
        Assert.Equal(policy.Plans.Count - 2, regions.Best());
        regions.Observation[1] = 1;
        regions.Observation[^(policy.Plans.Count - 1)] = 3;
        regions.Run();
        Assert.Equal((1, 6f, -1e9f), (regions.Best(), regions.Logits[1], regions.Logits[^1]));
    }

    [Fact]
    public void AFolderWithATreeIsVerifiedOpenedAndDecidesWithoutAllocating()
    {
        var regions = Made(out var policy);
        FrozenPolicyFile.Write(_network.PolicyPath, policy, regions.ToBytes());
        Assert.True(PolicyVerification.Run(_network.PolicyPath).Passed);
        using var opened = DeployedPolicy.Open(_network.PolicyPath, _network.Profile);
        var observation = new Observation { Deadline = 0.1, Rate = 2e5, LastRate = 2e5, PreviousRate = 2e5, Rtt = 0.004, ServerLoad = 1, FastIntensity = 1, SlowIntensity = 1, Slowdown = 1, Battery = 1 };
        var mask = opened.Model.Table.Runnable;
        Assert.Equal(policy.Plans.Count - 1, opened.Decide(observation, mask));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            opened.Decide(observation, mask);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(0, opened.Fallbacks);
    }

    [Fact]
    public void AFileThatIsTornLongerOrOfAnotherShapeIsRefused()
    {
        var bytes = Made(out var policy).ToBytes();
        for (var length = 0; length < bytes.Length; length += 7)
            Assert.Throws<InputException>(() => RegionPolicy.Read(bytes[..length], "policy.tree", policy));
        Assert.Contains("policy.tree:end", Assert.Throws<InputException>(() => RegionPolicy.Read([.. bytes, 0], "policy.tree", policy)).Message);
        Assert.Contains("policy.tree:form", Assert.Throws<InputException>(() => RegionPolicy.Read(bytes, "policy.tree", policy with { Form = PolicyForm.Table })).Message);
        Assert.Contains("policy.tree:shape", Assert.Throws<InputException>(() => RegionPolicy.Read(bytes, "policy.tree", policy with { Plans = [policy.Plans[0]] })).Message);
    }
}

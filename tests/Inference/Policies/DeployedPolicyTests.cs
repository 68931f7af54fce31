using RlOffload.Environment;
using RlOffload.Inference.Policies;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Inference.Policies;

public sealed class DeployedPolicyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestNetwork _network;

    public DeployedPolicyTests()
    {
        _network = new TestNetwork(_folder);
        _network.WritePolicy();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AGraphWithAByteMoreIsRefused()
    {
        var graph = System.IO.Path.Combine(_network.PolicyPath, FrozenPolicyFile.Graph);
        File.WriteAllBytes(graph, [.. File.ReadAllBytes(graph), 0]);
        Assert.Contains($"{FrozenPolicyFile.Graph}:sha256", Assert.Throws<InputException>(() => DeployedPolicy.Open(_network.PolicyPath, _network.Profile)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ItDecidesAsTheNetworkItWasMadeOfThroughoutAWindow()
    {
        using var policy = DeployedPolicy.Open(_network.PolicyPath, _network.Profile);
        var layout = new ObservationLayout(policy.Model);
        var vector = new float[layout.Size];
        var environment = new OffloadEnvironment(policy.Model, TestWorld.Varying(), 5);
        environment.Reset(0);
        var chosen = new HashSet<int>();
        while (!environment.Truncated)
        {
            layout.Write(environment.Observation, vector);
            var plan = policy.Decide(environment.Observation, environment.Mask);
            Assert.Equal(PolicyWeights.Best(_network.Weights.Logits(vector, environment.Mask.ToArray())), plan);
            chosen.Add(plan);
            environment.Step(plan);
        }
        Assert.True(chosen.Count > 1);
        Assert.Equal(0, policy.Fallbacks);
    }

    [Fact]
    public void WhereAnObservationIsNoNumberTheCostModelDecidesAndItIsCounted()
    {
        using var policy = DeployedPolicy.Open(_network.PolicyPath, _network.Profile);
        var environment = new OffloadEnvironment(policy.Model, TestWorld.Varying(), 5);
        environment.Reset(0);
        environment.Observation.Battery = double.NaN;
        var plan = policy.Decide(environment.Observation, environment.Mask);
        var best = Enumerable.Range(0, policy.Model.Count).MaxBy(p => policy.Model.Predict(p, environment.Observation).Reward);
        Assert.Equal(best, plan);
        Assert.Equal(1, policy.Fallbacks);
    }

    [Fact]
    public void AForbiddenPlanIsNeverChosen()
    {
        using var policy = DeployedPolicy.Open(_network.PolicyPath, _network.Profile);
        var environment = new OffloadEnvironment(policy.Model, TestWorld.Varying(), 5);
        environment.Reset(0);
        var mask = new bool[policy.Model.Count];
        for (var only = 0; only < mask.Length; only++)
        {
            Array.Clear(mask);
            mask[only] = true;
            Assert.Equal(only, policy.Decide(environment.Observation, mask));
        }
    }

    [Fact]
    public void ADecisionAllocatesNothing()
    {
        using var policy = DeployedPolicy.Open(_network.PolicyPath, _network.Profile);
        var environment = new OffloadEnvironment(policy.Model, TestWorld.Varying(), 5);
        environment.Reset(0);
        for (var warm = 0; warm < 100; warm++)
            policy.Decide(environment.Observation, environment.Mask);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            policy.Decide(environment.Observation, environment.Mask);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void APolicyOfAnotherModelIsRefusedAndOneOfOtherTimesWarnedOf()
    {
        var other = _network.Profile with { Model = _network.Profile.Model with { Sha256 = "00" } };
        Assert.Contains("model.sha256", Assert.Throws<InputException>(() => DeployedPolicy.Open(_network.PolicyPath, other)).Message, StringComparison.Ordinal);
        var warnings = new List<string>();
        DeployedPolicy.Open(_network.PolicyPath, _network.Profile with { Machine = _network.Profile.Machine with { Cpu = "another" } }, warnings.Add).Dispose();
        Assert.Contains("times", Assert.Single(warnings), StringComparison.Ordinal);
    }
}

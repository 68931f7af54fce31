using RlOffload.Environment;
using RlOffload.Inference.Policies;
using RlOffload.Inference.Runs;

namespace RlOffload.Tests.Inference.Runs;

public sealed class ExplanationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void PartsAddUpToTheExpectedLatencyAndTheChoiceIsThePolicys()
    {
        var network = new TestNetwork(_folder);
        network.WritePolicy();
        using var policy = DeployedPolicy.Open(network.PolicyPath, network.Profile);
        var seen = new Observation
        {
            Deadline = 0.3, Rate = 4e5, LastRate = 4e5, PreviousRate = 4e5, Rtt = 0.004, ServerLoad = 1, FastIntensity = 20, SlowIntensity = 20, Slowdown = 1.2, Battery = 1,
            DeviceBacklog = 0.01, UplinkBacklogBytes = 900, PendingBytes = 300, RateAge = 2,
        };
        var mask = policy.Model.Table.Runnable.ToArray();
        mask[1] = false;
        var explained = Explanation.Of(policy, seen, mask);
        Assert.Equal(policy.Model.Count, explained.Plans.Count);
        Assert.Equal(policy.Model.Table.Plans[policy.Decide(seen, mask)].ToString(), explained.Policy);
        Assert.Equal(explained.Policy, explained.Plans[0].Plan);
        Assert.Equal(policy.Model.Table.Plans[GreedyFallback.Decide(policy.Model, seen, mask)].ToString(), explained.CostModel);
        var forbidden = Assert.Single(explained.Plans, p => !p.Allowed);
        Assert.Equal((policy.Model.Table.Plans[1].ToString(), null), (forbidden.Plan, forbidden.Value));
        var answered = explained.Plans.Where(p => p.Outcome == OutcomeKind.Answered).ToList();
        Assert.True(answered.Count > 3);
        Assert.All(answered, p => Assert.Equal(p.Latency, p.DeviceWait + p.Device + p.UplinkWait + p.Uplink + p.RoundTrip + p.Server, 6));
        Assert.Contains(explained.Why, w => w.Contains(explained.CostModel, StringComparison.Ordinal));
    }
}

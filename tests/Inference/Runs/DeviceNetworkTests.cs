using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Inference;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Remote;
using RlOffload.Inference.Runs;

namespace RlOffload.Tests.Inference.Runs;

public sealed class DeviceNetworkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Mailbox _mailbox = new(new RunClock(TimeProvider.System));
    private readonly List<string> _warnings = [];

    public void Dispose()
    {
        _mailbox.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void OnePlanThatAnswersIsReadyFirstAndTheOthersWhenTheRestIsPrepared()
    {
        using var policy = Open(out var options);
        using var network = new DeviceNetwork(new PartitionSet(policy.ModelPath, policy.Profile), policy.Policy, options, _mailbox, _warnings.Add);
        var plans = policy.Policy.Model.Table.Plans.Plans;
        Assert.Single(plans.Where((p, i) => network.Prepared[i] && p.Kind != PlanKind.Drop));
        var opened = network.Partitions.Opened;

        var deployed = network.Deploy(policy.Policy.Model, policy.Policy, policy.Hash);
        var all = Enumerable.Repeat(true, plans.Count).ToArray();
        Assert.Equal(network.Prepared, deployed.Narrow(all, sends: true, probes: true).ToArray());

        network.PrepareRest(default);
        Assert.All(network.Prepared, Assert.True);
        Assert.Equal(all, deployed.Narrow(all, sends: true, probes: true).ToArray());
        Assert.True(network.Partitions.Opened > opened, $"{network.Partitions.Opened} after {opened}");
        Assert.True(network.Pool.IsWhole);
        Assert.Empty(_warnings);
    }

    [Fact]
    public void PreparingTheRestStopsWhereItIsCancelled()
    {
        using var policy = Open(out var options);
        using var network = new DeviceNetwork(new PartitionSet(policy.ModelPath, policy.Profile), policy.Policy, options, _mailbox, _warnings.Add);
        var before = network.Prepared.ToArray();
        network.PrepareRest(new CancellationToken(canceled: true));
        Assert.Equal(before, network.Prepared);
        Assert.True(network.Pool.IsWhole);
    }

    [Fact]
    public void WhatDoesNotFitIsLeftOutWithAWarning()
    {
        using var policy = Open(out var options);
        using var network = new DeviceNetwork(new PartitionSet(policy.ModelPath, policy.Profile), policy.Policy, options with { MemoryMb = 1e-9 }, _mailbox, _warnings.Add);
        network.PrepareRest(default);
        Assert.Contains("plans are not used", Assert.Single(_warnings), StringComparison.Ordinal);
        Assert.Contains(false, network.Prepared);
    }

    private DevicePolicy Open(out DeviceOptions options)
    {
        var written = new TestNetwork(_folder);
        written.WritePolicy();
        options = new DeviceOptions(written.PolicyPath, new RemoteOptions(new Uri("http://127.0.0.1:9")));
        return DevicePolicy.Open(options, _ => { });
    }
}

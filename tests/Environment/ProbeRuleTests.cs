using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Tests.Environment;

public sealed class ProbeRuleTests
{
    private readonly OffloadEnvironment _world = TestWorld.Environment();

    private IReadOnlyList<OffloadPlan> Plans => _world.Model.Table.Plans.Plans;

    [Fact]
    public void WhatStaysOnTheDeviceProbesWhereTheUplinkIsIdleAndNewsAreOld()
    {
        var rule = new ProbeRule(Plans, 2);
        var (due, not) = (0, 0);
        for (var window = 0; window < 4; window++)
            for (_world.Reset(window); !_world.Truncated; _world.Step(_world.Observation.Request % 5 > 0 ? TestWorld.Plan(_world, "local@1") : TestWorld.Plan(_world, "cut2@3/8b")))
            {
                var o = _world.Observation;
                var mask = _world.Mask.ToArray();
                rule.Apply(o, mask);
                var holds = o.RateAge >= 2 && o.UplinkBacklogBytes == 0 && o.PendingBytes == 0;
                (due, not) = (due + (holds ? 1 : 0), not + (holds ? 0 : 1));
                Assert.Equal(Plans.Select((p, i) => _world.Mask[i] && !(holds && p is { Kind: PlanKind.Local, Probe: false })), mask);
            }
        Assert.True(due > 20 && not > 20, $"the rule holds for {due} requests and not for {not}");
    }

    [Fact]
    public void APlanWhoseTwinCannotRunIsLeft()
    {
        _world.Reset(0); // nothing was sent yet: what is known is as old as can be
        var (local, twin) = (TestWorld.Plan(_world, "local@2"), TestWorld.Plan(_world, "local@2+probe"));
        var mask = _world.Mask.ToArray();
        mask[twin] = false;
        new ProbeRule(Plans, Observation.MaxAge).Apply(_world.Observation, mask);
        Assert.True(mask[local]);
        Assert.False(mask[TestWorld.Plan(_world, "local@1")]);
        var alone = new[] { true };
        new ProbeRule([Plans[local]], 0).Apply(_world.Observation, alone);
        Assert.True(alone[0]);
    }

    [Fact]
    public void TwinsAreTheSamePlanWithAProbe()
    {
        var twins = ProbeRule.Twins(Plans);
        Assert.Equal(Plans.Select(p => p is { Kind: PlanKind.Local, Probe: false }), twins.Select(t => t >= 0));
        Assert.All(twins.Index().Where(t => t.Item >= 0), t => Assert.Equal(Plans[t.Index] with { Probe = true }, Plans[t.Item]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProbeRule(Plans, -1));
    }

    [Fact]
    public void ItAllocatesNothing()
    {
        _world.Reset(0);
        var (rule, mask) = (new ProbeRule(Plans, 1), _world.Mask.ToArray());
        rule.Apply(_world.Observation, mask);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 50; i++)
            rule.Apply(_world.Observation, mask);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}

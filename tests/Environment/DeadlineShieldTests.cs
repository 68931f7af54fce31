using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Tests.Environment;

public sealed class DeadlineShieldTests
{
    private readonly OffloadEnvironment _world = TestWorld.Environment();

    [Fact]
    public void WhatMissesAtALowRateIsForbiddenAndWhatMeetsTheDeadlineIsNot()
    {
        var shield = new DeadlineShield(_world.Model);
        var (narrowed, kept) = (0, 0);
        for (var window = 0; window < 4; window++)
            for (_world.Reset(window); !_world.Truncated; _world.Step(_world.Mask.IndexOf(true)))
            {
                var o = _world.Observation;
                var rate = o.Rate * Math.Exp(-DeadlineShield.OneInTen * RateSpread.Of(o, _world.Model.Scenario));
                var meets = Enumerable.Range(0, _world.Actions).Select(p => _world.Mask[p] && Meets(p, o, rate)).ToArray();
                var mask = _world.Mask.ToArray();
                shield.Apply(o, mask);
                Assert.Equal(meets.Any(m => m) ? meets : _world.Mask.ToArray(), mask);
                narrowed += meets.Any(m => m) && !mask.SequenceEqual(_world.Mask.ToArray()) ? 1 : 0;
                kept += meets.Any(m => m) ? 0 : 1;
            }
        Assert.True(narrowed > 20, $"{narrowed} masks were narrowed");
        Assert.Equal(0, kept);
    }

    [Fact]
    public void WhereAllMissNothingIsForbidden()
    {
        _world.Reset(0);
        _world.Observation.Deadline = 1e-9;
        var mask = _world.Mask.ToArray();
        new DeadlineShield(_world.Model).Apply(_world.Observation, mask);
        Assert.Equal(_world.Mask.ToArray(), mask);
    }

    [Fact]
    public void TheMaskIsOfThePlansNamedAndASlowerLinkForbidsMore()
    {
        _world.Reset(0);
        var o = _world.Observation;
        o.RateAge = 1e4; // nothing is known of the link any more
        int[] plans = [.. Enumerable.Range(0, _world.Actions).Reverse()];
        bool[] all = [.. plans.Select(_ => true)], few = [.. all], reversed = [.. all];
        new DeadlineShield(_world.Model, plans, 0).Apply(o, all);
        new DeadlineShield(_world.Model, plans, 4).Apply(o, few);
        new DeadlineShield(_world.Model, null, 4).Apply(o, reversed);
        Assert.Equal(reversed.Reverse(), few);
        Assert.All(all.Zip(few), p => Assert.True(p.First || !p.Second));
        Assert.True(all.Count(a => a) > few.Count(a => a));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DeadlineShield(_world.Model, null, -1));
    }

    [Fact]
    public void ItAllocatesNothing()
    {
        _world.Reset(0);
        var (shield, mask) = (new DeadlineShield(_world.Model), _world.Mask.ToArray());
        shield.Apply(_world.Observation, mask);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 50; i++)
            shield.Apply(_world.Observation, mask);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private bool Meets(int plan, Observation o, double rate) => _world.Model.Predict(plan, o, rate).Kind is OutcomeKind.Answered or OutcomeKind.Fallback;
}

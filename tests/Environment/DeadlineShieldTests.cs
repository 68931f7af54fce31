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
        var narrowed = 0;
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
            }
        Assert.True(narrowed > 20, $"{narrowed} masks were narrowed");
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
        int[] plans = [.. Enumerable.Range(0, _world.Actions).Reverse()];
        var (fast, slow, unnamed) = (new DeadlineShield(_world.Model, plans, 0), new DeadlineShield(_world.Model, plans, 3), new DeadlineShield(_world.Model, null, 3));
        var (left, less) = (0, 0);
        for (_world.Reset(0); !_world.Truncated; _world.Step(_world.Mask.IndexOf(true)))
        {
            var o = _world.Observation;
            o.RateAge = 1e4; // nothing is known of the link any more
            bool[] at = [.. plans.Select(p => _world.Mask[p])], below = [.. at], reversed = _world.Mask.ToArray();
            fast.Apply(o, at);
            slow.Apply(o, below);
            unnamed.Apply(o, reversed);
            Assert.Equal(reversed.Reverse(), below);
            (left, less) = (left + at.Count(a => a), less + below.Count(a => a));
        }
        Assert.True(left > less, $"{left} plans are left, {less} on a slower link");
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

    private bool Meets(int plan, Observation o, double rate) => _world.Model.Predict(plan, o, rate).Kind == OutcomeKind.Answered;
}

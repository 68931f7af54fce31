using RlOffload.Environment.Oracles;

namespace RlOffload.Tests.Environment.Oracles;

public sealed class SurvivorsTests
{
    private static readonly Price[] Two = [default, new(1, 0, 0)];

    [Fact]
    public void EveryPriceKeepsWhatIsWorthMostToIt()
    {
        // Three that earned much and hold the device for long, three that earned less and leave it earlier.
        Child[] children = [Of(9, 9), Of(8.9, 8.8), Of(8.8, 8.6), Of(2, 0.5), Of(1.9, 0.3), Of(0, 0)];
        Assert.Equal([0, 1, 4, 3], Chosen(4, children));
    }

    [Fact]
    public void AfterTheLastRequestOnlyWhatWasEarnedCounts() =>
        Assert.Equal([1], new Survivors(Two, 3, default).Of([Of(2, 0), Of(5, 9), Of(1, 0), Of(4, 9)], last: true).ToArray());

    [Fact]
    public void WhatAnotherBeatsInEverythingGoes()
    {
        Assert.Equal([1], Chosen(8, [Of(1, 2), Of(3, 1), Of(3, 1), Of(2, 1)]));
        // Less work, an earlier end, a free uplink, unspent joules: each is enough to stay.
        var best = new Child(5, 1, 1, 1, 1, 1, 0, 0);
        Child[] others = [best with { DeviceWork = 0.5 }, best with { DeviceEnd = 0.5 }, best with { UplinkWork = 0.5 }, best with { UplinkEnd = 0.5 }, best with { Joules = 0.5 }];
        foreach (var other in others)
        {
            Assert.Equal([0, 1], Chosen(8, [best, other with { Earned = 4 }]));
            Assert.Equal([0], new Survivors(Two, 8, (0.6, 0.6)).Of([best, other with { Earned = 4 }], last: false).ToArray());
        }
    }

    [Fact]
    public void PlacesForWhichNothingIsLeftStayEmpty()
    {
        Assert.Equal([0, 1], Chosen(24, [Of(2, 1), Of(1, 0)]).Order());
        Assert.Equal([1], Chosen(1, [Of(2, 1), Of(1.5, 0)]));
    }

    [Fact]
    public void NothingIsAllocated()
    {
        var survivors = new Survivors(Two, 24, (0.01, 0));
        Child[] children = [.. Enumerable.Range(0, 500).Select(i => Of(i % 37, i % 11))];
        survivors.Of(children, last: false);
        var before = GC.GetAllocatedBytesForCurrentThread();
        survivors.Of(children, last: false);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static int[] Chosen(int width, Child[] children) => new Survivors(Two, width, default).Of(children, last: false).ToArray();

    private static Child Of(double earned, double device) => new(earned, device, device, 0, 0, 0, 0, 0);
}

using RlOffload.Agents.Learning;
using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Planners.Imitation;

public sealed class NetworkConstantsTests
{
    [Fact]
    public void WhatIsLoadedFromWeightsIsTheSameNetworks()
    {
        Mlp[] Networks() => [new(5, [7], 3), new(2, [], 20)];
        var (trained, loaded) = (Networks(), Networks());
        var rng = new Rng(3);
        foreach (var network in trained)
            network.Initialise(ref rng);
        Assert.Equal(trained.Count(), NetworkConstants.Weights(trained).Length);
        NetworkConstants.Load(loaded, trained.Weights());
        for (var n = 0; n < 2; n++)
            Assert.Equal(trained[n].Parameters.ToDense(), loaded[n].Parameters.ToDense());
        Assert.Equal(NetworkConstants.Count(trained), NetworkConstants.Count(loaded));
    }
}

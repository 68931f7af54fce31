using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Planners;

public sealed class ConstantGridTests
{
    [Fact]
    public void ThePointThatEarnsMostIsKeptWhateverTheThreads()
    {
        var setup = RandomWorld.Setup(RandomWorld.Small()) with { TrainingWindows = [0, 1] };
        IPolicy Make(double[] c) => new StaticPlanner(setup.Model, (int)c[0]);
        double[][] grid = [.. Enumerable.Range(0, setup.Model.Count).Select(p => new double[] { p })];
        var rewards = Rollout.MeanRewards(setup.Training, [.. grid.Select(Make)], setup.TrainingWindows);
        var best = Array.IndexOf(rewards, rewards.Max());
        Assert.Equal(best, ConstantGrid.Best(setup, "any", grid, Make)[0]);
        Assert.Equal(best, ConstantGrid.Best(setup with { Threads = 3 }, "any", grid, Make)[0]);
    }

    [Fact]
    public void WhatIsRememberedIsUsedOnlyIfItIsAPointOfTheGrid()
    {
        var setup = RandomWorld.Setup(RandomWorld.Small()) with { TrainingWindows = [0], Constants = new TunedConstants(null, "a") };
        var trials = 0;
        IPolicy Make(double[] c)
        {
            trials++;
            return new StaticPlanner(setup.Model, (int)c[0]);
        }
        double[][] grid = [[0], [1], [2]];
        ConstantGrid.Best(setup, "any", grid, Make);
        ConstantGrid.Best(setup, "any", grid, Make);
        Assert.Equal(3, trials);
        ConstantGrid.Best(setup, "any", [[3]], Make);
        Assert.Equal(4, trials);
    }
}

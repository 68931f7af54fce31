using RlOffload.Environment;
using RlOffload.Environment.Oracles;

namespace RlOffload.Tests.Environment.Oracles;

public sealed class HindsightOracleTests
{
    private static readonly int[] Windows = [0, 1, 2, 3, 4];

    [Fact]
    public void TheNumberOfThreadsChangesNothing()
    {
        var one = Solve(new HindsightOracle(World, 4, null, ""), Windows, 1);
        Assert.Equal(Windows, one.Select(o => o.Window));
        Assert.Equal(one, Solve(new HindsightOracle(World, 4, null, ""), Windows, 3));
    }

    [Fact]
    public void NoReferencePolicyIsBetterAndWhoeverFoundTheBestIsNamed()
    {
        // A beam of one state that may only choose between two bad plans: the references, which choose freely, are its only help.
        var hard = TestWorld.Scenario with { Arrivals = new ArrivalSpec(MeanGap: 0.1), Requests = 40 };
        OffloadEnvironment Hard() => TestWorld.Environment(hard);
        var world = Hard();
        Func<IPolicy>[] roster = [() => new GreedyPolicy(world.Model, 1, 1), () => new RandomPolicy(3), () => new FixedPolicy(world.Model, TestWorld.Plan(world, "local@1"))];
        int[] bad = [TestWorld.Plan(world, "drop"), TestWorld.Plan(world, "local@3")];
        var best = new HindsightOracle(Hard, 1, null, "", bad).Solve(Windows, roster, 2, null, CancellationToken.None);
        foreach (var optimum in best)
        {
            Assert.Contains(optimum.By, roster.Select(r => r().Name));
            foreach (var policy in roster)
                Assert.True(Rollout.Play(world, policy(), optimum.Window) <= optimum.Reward, $"{policy().Name} in window {optimum.Window} of {optimum.Reward}");
        }
        var free = new HindsightOracle(Hard, 24, null, "").Solve(Windows, roster, 1, null, CancellationToken.None);
        Assert.All(free, o => Assert.Equal("beam", o.By));
    }

    [Fact]
    public void WhatIsKnownIsNotSearchedAgain()
    {
        using var folder = new TemporaryFolder();
        var found = Solve(new HindsightOracle(World, 2, folder.At("cache"), "key"), Windows);
        static OffloadEnvironment none() => throw new InvalidOperationException("searched again");
        Assert.Equal(found, Solve(new HindsightOracle(none, 2, folder.At("cache"), "key"), Windows));
        Assert.Equal([found[3], found[1]], Solve(new HindsightOracle(none, 2, folder.At("cache"), "key"), [3, 1]));
        Assert.ThrowsAny<Exception>(() => Solve(new HindsightOracle(none, 2, folder.At("cache"), "other key"), Windows));
        Assert.ThrowsAny<Exception>(() => Solve(new HindsightOracle(none, 3, folder.At("cache"), "key"), Windows));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[{\"Window\":0,\"Rew")]
    [InlineData("[{\"Window\":0}]")]
    [InlineData("[{\"Window\":0,\"Reward\":1,\"By\":\"a\",\"Course\":\"0\"},{\"Window\":0,\"Reward\":1,\"By\":\"a\",\"Course\":\"0\"}]")]
    public void ADamagedCacheIsMadeAnew(string damage)
    {
        using var folder = new TemporaryFolder();
        var found = Solve(new HindsightOracle(World, 2, folder.Root, "key"), [0, 1]);
        var file = Assert.Single(Directory.GetFiles(folder.Root));
        var whole = File.ReadAllText(file);
        File.WriteAllText(file, damage);
        Assert.Equal(found, Solve(new HindsightOracle(World, 2, folder.Root, "key"), [0, 1]));
        Assert.Equal(whole, File.ReadAllText(file));
    }

    [Fact]
    public void AnInterruptionKeepsWhatWasFound()
    {
        using var folder = new TemporaryFolder();
        using var source = new CancellationTokenSource();
        var oracle = new HindsightOracle(World, 2, folder.Root, "key");
        var first = new Told(n =>
        {
            if (n == 2)
                source.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(() => oracle.Solve(Windows, [], 1, first, source.Token));
        var second = new Told(_ => { });
        var found = oracle.Solve(Windows, [], 1, second, CancellationToken.None);
        Assert.Equal([3, 4, 5], second.Values);
        Assert.Equal(Solve(new HindsightOracle(World, 2, null, ""), Windows), found);
    }

    private static OffloadEnvironment World() => TestWorld.Environment(TestWorld.Scenario with { Requests = 12 }, probe: false);

    private static IReadOnlyList<WindowOptimum> Solve(HindsightOracle oracle, IReadOnlyList<int> windows, int threads = 1) =>
        oracle.Solve(windows, [], threads, null, CancellationToken.None);

    private sealed class Told(Action<int> told) : IProgress<int>
    {
        public List<int> Values { get; } = [];

        public void Report(int value)
        {
            Values.Add(value);
            told(value);
        }
    }
}

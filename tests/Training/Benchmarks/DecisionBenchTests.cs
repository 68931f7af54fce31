using RlOffload.Training.Benchmarks;

namespace RlOffload.Tests.Training.Benchmarks;

public sealed class DecisionBenchTests
{
    [Fact]
    public void DecisionsAllocateNothing()
    {
        using var config = new TestConfig();
        var world = config.World();
        var speeds = DecisionBench.Run(world, plans: 12, observation: 9, hidden: [16, 16], rounds: 3);
        Assert.Equal([(12, 9), (12, 9), (world.Choices.Count, 23 + world.Choices.Count), (12, 23 + 12)], speeds.Select(s => (s.Plans, s.Observation)));
        Assert.All(speeds, s => Assert.Equal(0, s.Bytes));
        Assert.All(speeds, s => Assert.True(s.P50Us > 0 && s.P99Us >= s.P50Us, $"{s}"));
    }
}

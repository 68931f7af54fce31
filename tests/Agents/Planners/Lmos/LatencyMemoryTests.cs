using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Planners;

public sealed class LatencyMemoryTests
{
    private static readonly LatencyMemory Reference = LatencyMemory.Reference(10);

    // Three steps: (10-2)*3 + (10-4)*(5-3) + (10-7)*(6-5) = 24 + 12 + 3.
    [Fact]
    public void AStaircaseIsTheSumOfItsStrips() =>
        Assert.Equal(39, LatencyMemory.Hypervolume([new(4, 5), new(2, 3), new(7, 6)], Reference));

    [Theory]
    [InlineData(4, 5, 39)]   // stands there already
    [InlineData(5, 4, 39)]   // dominated
    [InlineData(10, 99, 39)] // as slow as the reference
    [InlineData(1, 0, 39)]   // as little memory as the reference
    [InlineData(3, 5, 41)]   // (10-2)*3 + (10-3)*2 + (10-7)*1
    public void OnlyWhatIsDominatedByNoOtherPointAdds(double latency, double memory, double expected) =>
        Assert.Equal(expected, LatencyMemory.Hypervolume([new(2, 3), new(4, 5), new(7, 6), new(latency, memory)], Reference));

    [Fact]
    public void NothingHasNoVolumeAndTheIdealAllOfTheBox()
    {
        Assert.Equal(0, LatencyMemory.Hypervolume([], Reference));
        Assert.Equal(1, LatencyMemory.HypervolumeShare([new(0, 8)], Reference, 8));
        Assert.Equal(1, LatencyMemory.HypervolumeShare([new(0, 100)], Reference, 8));
        Assert.Equal(0.3, LatencyMemory.HypervolumeShare([new(4, 4)], Reference, 8), 12);
    }

    [Fact]
    public void ItIsTheShareOfRandomPointsThatAnyMemberDominates()
    {
        var rng = new Rng(4);
        for (var round = 0; round < 10; round++)
        {
            LatencyMemory[] set = [.. Enumerable.Range(0, 1 + rng.NextInt(8)).Select(_ => new LatencyMemory(12 * rng.NextDouble(), 10 * rng.NextDouble()))];
            var dominated = 0;
            for (var i = 0; i < 20_000; i++)
            {
                var point = new LatencyMemory(10 * rng.NextDouble(), 10 * rng.NextDouble());
                dominated += set.Any(s => s.Dominates(point)) ? 1 : 0;
            }
            Assert.Equal(dominated / 20_000.0, LatencyMemory.HypervolumeShare(set, Reference, 10), 0.02);
        }
    }

    [Fact]
    public void DominanceNeedsOneStrictlyBetterObjective()
    {
        Assert.True(new LatencyMemory(1, 5).Dominates(new(2, 5)));
        Assert.True(new LatencyMemory(1, 5).Dominates(new(1, 4)));
        Assert.False(new LatencyMemory(1, 5).Dominates(new(1, 5)));
        Assert.False(new LatencyMemory(1, 4).Dominates(new(2, 5)));
    }
}

using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents.Planners.Diagnostics;

public sealed class SlotOraclePlannerTests
{
    private static int[] All(CostModel model) => [.. Enumerable.Range(0, model.Count)];

    private static Scenario OneByOne => TestWorld.Scenario with
    {
        Arrivals = new(ArrivalKind.Periodic, MeanGap: 3.3), Requests = 20, Uplink = TestWorld.Scenario.Uplink with { PriorBitsPerSecond = 1e5 },
    };

    [Theory]
    [InlineData(5e4)]
    [InlineData(4e5)]
    [InlineData(1e6)]
    [InlineData(2e7)]
    public void OnAConstantLinkWithNothingQueuedItIsClairvoyant(double rate)
    {
        for (var world = 0ul; world < 3; world++)
        {
            var model = RandomWorld.Model(world, OneByOne);
            var environment = new OffloadEnvironment(model, TestWorld.Constant(rate), TestWorld.Seed);
            var oracle = new SlotOraclePlanner(model, [.. Enumerable.Range(0, model.Count)]);
            for (var window = 0; window < 3; window++)
                Assert.Equal(Rollout.Play(environment, new ClairvoyantPlanner(model, All(model)), window), Rollout.Play(environment, oracle, window), 9);
        }
    }

    /// <summary>The rate of a moment says little of a transfer that outlasts it.</summary>
    [Fact]
    public void OnALinkThatChangesDuringTransfersItIsNot()
    {
        var model = RandomWorld.Small(OneByOne);
        var environment = new OffloadEnvironment(model, TestWorld.Varying(), TestWorld.Seed);
        var oracle = new SlotOraclePlanner(model, [.. Enumerable.Range(0, model.Count)]);
        var (slot, clairvoyant) = (0.0, 0.0);
        for (var window = 0; window < 10; window++)
        {
            slot += Rollout.Play(environment, oracle, window);
            clairvoyant += Rollout.Play(environment, new ClairvoyantPlanner(model, All(model)), window);
        }
        Assert.True(slot < clairvoyant - 0.05, $"slot-oracle earns {slot}, clairvoyant {clairvoyant}");
    }
}

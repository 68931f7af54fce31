using RlOffload.Training.Benchmarks;

namespace RlOffload.Tests.Training.Benchmarks;

public sealed class EnvironmentBenchTests
{
    [Fact]
    public void StepsAndSuccessorsAllocateNothingAndThePartsAreWithinTheWhole()
    {
        using var config = new TestConfig();
        var world = config.World("device.heat={time_constant_s: 5}", "server.loads=[1, 4]", "budgets={miss_rate: 0.1}");
        var speed = new EnvironmentBench(world).Run(rounds: 3, milliseconds: 5);
        Assert.Equal((0, 0), (speed.BytesPerStep, speed.CounterfactualBytes));
        Assert.Equal((world.CostModel.Count, world.Choices.Count), (speed.Plans, speed.Choices));
        Assert.Equal(world.CostModel.Count, speed.CounterfactualPlans);
        Assert.InRange(1e9 / speed.SteppedPerSecond + speed.DrawNs, 0.999 * speed.NsPerDecision, 1.001 * speed.NsPerDecision);
        Assert.True(speed.DecisionsPerSecond.Median > 0 && speed.CounterfactualUs.Median > 0, $"{speed}");
    }
}

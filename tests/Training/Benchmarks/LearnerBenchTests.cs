using RlOffload.Environment;
using RlOffload.Training.Benchmarks;

namespace RlOffload.Tests.Training.Benchmarks;

public sealed class LearnerBenchTests
{
    [Fact]
    public void EveryAgentLearnsWithoutAllocating()
    {
        foreach (var agent in LearnerBench.Agents)
        {
            var speed = LearnerBench.Run(agent, new(Hidden: 16, Plans: 12, Batch: 8, Observation: 5), rounds: 1, milliseconds: 1);
            Assert.Equal((agent, 16, 12, 8, 5), (speed.Agent, speed.Hidden, speed.Plans, speed.Batch, speed.Observation));
            Assert.Equal(0, speed.BytesPerUpdate);
        }
    }

    [Fact]
    public void AnUnknownAgentIsRefusedWithThoseThatThereAre()
    {
        var e = Assert.Throws<InputException>(() => LearnerBench.Run("wizard", new(16, 12, 8, 5)));
        Assert.Contains("sac", e.Message);
    }
}

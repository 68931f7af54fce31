using RlOffload.Agents.Engine;
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
    public void EveryEngineThatThisBuildHasRunsTheUpdates()
    {
        foreach (var engine in Engines.Names.Where(n => Engines.Problem(n) is null))
            Assert.Equal(engine, LearnerBench.Run("dqn", new(Hidden: 8, Plans: 6, Batch: 4, Observation: 3), rounds: 1, milliseconds: 1, engine).Engine);
    }

    [Fact]
    public void AnEngineThatIsNoneOrDoesNotRunHereIsRefused()
    {
        Assert.Contains("--engine", Assert.Throws<InputException>(() => LearnerBench.Run("dqn", new(8, 6, 4, 3), engine: "abacus")).Message);
        if (!Engines.HasTorch)
            Assert.Contains("-p:Torch=cpu", Assert.Throws<InputException>(() => LearnerBench.Run("dqn", new(8, 6, 4, 3), engine: Engines.Torch)).Message);
    }

    [Fact]
    public void AnUnknownAgentIsRefusedWithThoseThatThereAre()
    {
        var e = Assert.Throws<InputException>(() => LearnerBench.Run("wizard", new(16, 12, 8, 5)));
        Assert.Contains("sac", e.Message);
    }
}

using RlOffload.Environment;
using RlOffload.Inference.Policies;
using RlOffload.Training;
using RlOffload.Training.Distillation;
using RlOffload.Training.Evaluation;

namespace RlOffload.Tests.Training.Distillation;

public sealed class AgentDistillationTests : IDisposable
{
    private readonly TestConfig _config = new();

    public void Dispose() => _config.Dispose();

    private (RunFolder Run, World World) Trained(params string[] set)
    {
        var world = _config.World(set);
        var run = new RunFolder(_config.At("run"));
        var training = new TrainingRun(world, run, TimeProvider.System);
        training.Begin();
        training.Learn(_ => { }, CancellationToken.None);
        return (run, world);
    }

    [Theory]
    [InlineData(PolicyForm.Tree, "train.agent=sac")]
    [InlineData(PolicyForm.Table, "train.agent=sac")]
    [InlineData(PolicyForm.Tree, "train.agent=hindsight", "train.sac=null")]
    public void AStudentFollowsItsTeacherAndTheSameSeedGivesTheSameBytes(PolicyForm form, params string[] agent)
    {
        var (run, world) = Trained(agent);
        var options = new DistillOptions(form, Size: 64, States: 1500, Rounds: 2, Windows: 8);
        var report = AgentDistillation.Run(run, world, options, _config.At("first"), null, CancellationToken.None);
        Assert.Equal(1500, report.States);
        Assert.InRange(report.Regions, 2, 64);
        Assert.True(report.Agreement > 0.5, $"both agree in {report.Agreement:P0} of the states");
        Assert.InRange(report.Regret.Mean, report.Regret.Low, report.Regret.High);
        Assert.Equal(report.TeacherReward - report.StudentReward, report.Regret.Mean, 9);
        Assert.Equal(0, report.AllocatedBytes);
        Assert.True(PolicyVerification.Run(_config.At("first"), profile: _config.At("profile.json")).Passed);

        AgentDistillation.Run(run, world, options, _config.At("second"), null, CancellationToken.None);
        var file = FrozenPolicyFile.NameOf(form);
        Assert.Equal(File.ReadAllBytes(_config.At($"first/{file}")), File.ReadAllBytes(_config.At($"second/{file}")));
        Assert.Equal(File.ReadAllBytes(_config.At("first/policy.json")), File.ReadAllBytes(_config.At("second/policy.json")));

        // Whoever evaluates the folder plays what was compared.
        var contestants = new Contestants(world, world.Planners(null, 1));
        var tally = PairedPlay.Run(() => world.Tuning.Environment(world.CostModel), [contestants.Find(_config.At("first"))], WindowNumbers.From(WindowNumbers.Guard, 8), 1, null, CancellationToken.None);
        Assert.Equal(report.StudentReward, tally[0].Rewards.Average(), 9);
    }

    [Fact]
    public void OptionsOutOfRangeAreAllNamedAtOnce()
    {
        var problems = Assert.Throws<InputException>(() => new DistillOptions(PolicyForm.Onnx, 0, 2_000_000, 0, 1).Validated()).Problems;
        Assert.Equal(["--to", "--size", "--rounds", "--states", "--windows"], problems.Select(p => p.Split(':')[1]).Intersect(["--to", "--size", "--rounds", "--states", "--windows"]));
    }
}

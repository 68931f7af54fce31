using RlOffload.Training;
using RlOffload.Training.Reports;
using RlOffload.Training.Statistics;

namespace RlOffload.Tests.Training.Reports;

public sealed class LearningCurveTests
{
    [Fact]
    public void ARunsCurveIsItsChecksAlsoWhereOneGivesWhatTheLastGave()
    {
        using var config = new TestConfig();
        var world = config.World("train.validate_every=30");
        var run = new RunFolder(config.At("run"));
        var training = new TrainingRun(world, run, TimeProvider.System);
        training.Begin();
        Assert.Empty(LearningCurve.Of(run, world.Experiment.Train));
        training.Learn(_ => { }, CancellationToken.None);
        var curve = LearningCurve.Of(run, world.Experiment.Train);
        Assert.Equal([0, 30, 60, 90, 120, 150], curve.Select(p => p.Step));
        Assert.Equal(training.Loop.UntrainedValidation, curve[0].Reward, 1e-12);
        Assert.Equal(training.Loop.BestValidation, curve.Skip(1).Max(p => p.Reward), 1e-5); // six digits in the file
    }

    [Fact]
    public void OverSeedsItIsTheMeanWhereMoreThanOneCame()
    {
        (double, double)[] one = [(0, 0.1), (10, 0.3), (20, 0.5)], two = [(0, 0.3), (10, 0.5)];
        var curve = LearningCurve.Over([one, two]);
        Assert.Equal([(0, 0.2), (10, 0.4)], curve.Select(p => (p.Step, Math.Round(p.Reward.Mean, 12))));
        Assert.Equal(StudentInterval.Of([0.3, 0.5]), curve[1].Reward);
        Assert.Equal([0, 10, 20], LearningCurve.Over([one]).Select(p => p.Step));
    }
}

using RlOffload.Inference.Policies;
using RlOffload.Training;

namespace RlOffload.Tests.Training;

public sealed class PolicyExportTests
{
    [Fact]
    public void AnExportedRunReplaysItsGoldenVectorsAndAnotherProfilesRunIsRefused()
    {
        using var folder = new TemporaryFolder();
        var experiment = Experiment.Load(Repository.At("configs/quickstart.yaml"), ["train.steps=480", "train.start_steps=120", "train.validate_every=240", "train.validation_windows=2"]);
        var world = experiment.Build();
        var run = new RunFolder(folder.At("run"));
        var training = new TrainingRun(world, run, TimeProvider.System);
        training.Begin();
        training.Learn(_ => { }, CancellationToken.None);
        var written = PolicyExport.Write(run, world, "sac", folder.At("policy"));
        Assert.Equal(PolicyExport.Golden, written.Golden.Count);
        Assert.Equal(PolicyExport.Golden / 2, written.Golden.Count(g => g.Mask.Contains('0')));
        Assert.True(PolicyVerification.Run(folder.At("policy"), null, null).Passed);

        RunFolder.WriteText(run.Manifest, File.ReadAllText(run.Manifest).Replace(world.ProfileHash, new string('0', 64)));
        Assert.Throws<RlOffload.Environment.InputException>(() => PolicyExport.Write(run, world, "sac", folder.At("other")));
        Assert.False(Directory.Exists(folder.At("other")));
    }
}

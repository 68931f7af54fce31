using RlOffload.Environment;
using RlOffload.Training;

namespace RlOffload.Tests.Training;

public sealed class RunFolderTests
{
    [Fact]
    public void OnlyACheckpointWithItsConfigIsARun()
    {
        using var folder = new TemporaryFolder();
        using var killed = new TemporaryFolder();
        killed.Write("checkpoint.previous.bin", "between two renames");
        killed.Write("config.yaml", "x");
        Assert.True(RunFolder.IsIn(killed.Root));
        Assert.False(RunFolder.IsIn(folder.Root));
        folder.Write("checkpoint.bin", "x");
        Assert.False(RunFolder.IsIn(folder.Root));
        folder.Write("config.yaml", "x");
        Assert.True(RunFolder.IsIn(folder.Root));
    }

    [Fact]
    public void AManifestThatIsMissingOrDamagedIsNamed()
    {
        using var config = new TestConfig();
        var run = new RunFolder(config.At("run"));
        Assert.Contains("manifest.json:file: is no manifest", Assert.Throws<InputException>(() => run.ReadManifest()).Message);
        config.Write("run/manifest.json", "{\"name\":");
        Assert.Contains("manifest.json:file: is no manifest", Assert.Throws<InputException>(() => run.ReadManifest()).Message);
    }

    [Fact]
    public void LoadingCutsTheMetricsBackToTheCheckpoint()
    {
        using var config = new TestConfig();
        var world = config.World();
        var run = new RunFolder(config.At("run"));
        var training = new TrainingRun(world, run, TimeProvider.System);
        using var stop = new CancellationTokenSource();
        training.Begin();
        training.Learn(_ => stop.Cancel(), stop.Token);
        var kept = File.ReadAllText(run.Metrics);
        Assert.Equal(2, File.ReadAllLines(run.Metrics).Length);
        // A crash after the last checkpoint leaves lines of steps that will be played again.
        File.AppendAllText(run.Metrics, "60,2,0.5,NaN,NaN,0,0,0,0,0\n3");
        new TrainingRun(world, run, TimeProvider.System).Resume();
        Assert.Equal(kept, File.ReadAllText(run.Metrics));
        Assert.DoesNotContain(Directory.GetFiles(run.Root), f => f.EndsWith(".partial", StringComparison.Ordinal));
    }

    [Fact]
    public void ANewRunDoesNotInheritTheCheckpointOfTheOneThatWasThere()
    {
        using var config = new TestConfig();
        var run = new RunFolder(config.At("run"));
        config.Write("run/checkpoint.bin", "old");
        config.Write("run/evaluation.json", "old");
        config.Write("run/checkpoint.previous.bin", "older");
        var world = config.World();
        run.Begin(world.Experiment, new("n", 1, "sac", "a", "b", "c", "d", "e", [], "1", "10", "2026-01-01"), TrainingLoop.Of(world), DateTimeOffset.UnixEpoch);
        Assert.False(File.Exists(run.Checkpoints.Previous) || File.Exists(run.Evaluation));
        var resumed = TrainingLoop.Of(world);
        run.Load(resumed, w => Assert.Fail(w));
        Assert.Equal(0, resumed.Step);
        Assert.Equal("n", run.ReadManifest().Name);
    }
}

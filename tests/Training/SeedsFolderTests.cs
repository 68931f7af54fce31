using RlOffload.Environment;
using RlOffload.Training;
using RlOffload.Training.Evaluation;

namespace RlOffload.Tests.Training;

public sealed class SeedsFolderTests
{
    [Fact]
    public void ItNamesItsSeedsAndTheRunsThatHaveBegun()
    {
        using var config = new TestConfig();
        var world = config.World();
        var folder = new SeedsFolder(config.At("seeds"));
        Assert.False(SeedsFolder.IsIn(folder.Root));
        folder.Begin(world.Experiment, [7, 8]);
        Assert.True(SeedsFolder.IsIn(folder.Root));
        Assert.Equal([7ul, 8ul], folder.Read().Seeds);
        Assert.Equal("sac", folder.Read().Agent);
        Assert.Empty(folder.Runs);
        new TrainingRun(world, folder.Run(8), TimeProvider.System).Begin();
        Assert.Equal(config.At("seeds/seed8"), Assert.Single(folder.Runs).Root);
        var choice = Assert.Single(PolicyChoice.Parse([$"mine={folder.Root}"]));
        Assert.Equal(("mine", true, config.At("seeds/seed8")), (choice.Name, choice.IsLearner, Path.GetFullPath(choice.Sources.Single())));
    }

    [Fact]
    public void BeginningAnewForgetsTheRunsThatWereThere()
    {
        using var config = new TestConfig();
        var world = config.World();
        var folder = new SeedsFolder(config.At("seeds"));
        folder.Begin(world.Experiment, [7]);
        new TrainingRun(world, folder.Run(7), TimeProvider.System).Begin();
        config.Write("seeds/evaluation.json", "old");
        folder.Begin(world.Experiment, [7]);
        Assert.Empty(folder.Runs);
        Assert.False(File.Exists(folder.Evaluation));
    }

    [Fact]
    public void AFolderOfOneRunAndADamagedListAreRefusedByName()
    {
        using var config = new TestConfig();
        new TrainingRun(config.World(), new RunFolder(config.At("run")), TimeProvider.System).Begin();
        Assert.Contains("--out", Assert.Throws<InputException>(new SeedsFolder(config.At("run")).RequireFree).Message);
        foreach (var text in new[] { "{", "{\"name\": \"n\", \"agent\": \"sac\", \"seeds\": []}", "null" })
        {
            config.Write("seeds/seeds.json", text);
            Assert.Contains("seeds.json", Assert.Throws<InputException>(() => new SeedsFolder(config.At("seeds")).Read()).Message);
        }
    }
}

using RlOffload.Environment;
using RlOffload.Training;

namespace RlOffload.Tests.Training;

public sealed class SeedsTrainingTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void EachSeedWritesWhatItWritesAloneHoweverManyAreTrainedAtOnceAndAlsoWhenInterrupted(int threads)
    {
        using var config = new TestConfig();
        var worlds = Worlds(config);
        var folder = new SeedsFolder(config.At("seeds"));
        folder.RequireFree();
        folder.Begin(worlds[0].Experiment, [4, 5, 6]);
        using var stop = new CancellationTokenSource();
        var cut = new SeedsTraining(worlds, folder, TimeProvider.System).Learn(threads, (i, p) =>
        {
            if (i == 0 && p.Window == 2)
                stop.Cancel();
        }, stop.Token);
        Assert.False(cut[0].Done);
        Assert.Contains("--resume", Assert.Throws<InputException>(folder.RequireFree).Message);

        var outcomes = new SeedsTraining(worlds, folder, TimeProvider.System).Learn(threads, (_, _) => { }, CancellationToken.None);
        Assert.Equal([(4ul, true), (5ul, true), (6ul, true)], outcomes.Select(o => (o.Seed, o.Done)));
        folder.RequireFree();
        Assert.Equal(3, folder.Runs.Count);
        foreach (var (world, outcome) in worlds.Zip(outcomes))
        {
            var alone = new RunFolder(config.At($"alone{outcome.Seed}"));
            var training = new TrainingRun(world, alone, TimeProvider.System);
            training.Begin();
            training.Learn(_ => { }, CancellationToken.None);
            Assert.Equal(File.ReadAllBytes(alone.Checkpoint), File.ReadAllBytes(outcome.Folder.Checkpoint));
            Assert.Equal(File.ReadAllText(alone.Metrics), File.ReadAllText(outcome.Folder.Metrics));
            Assert.Equal(File.ReadAllText(alone.Manifest), File.ReadAllText(outcome.Folder.Manifest));
        }
    }

    [Fact]
    public void RunsOfAnotherWorldAreRefused()
    {
        using var config = new TestConfig();
        var folder = new SeedsFolder(config.At("seeds"));
        var worlds = Worlds(config);
        folder.Begin(worlds[0].Experiment, [4, 5, 6]);
        new SeedsTraining(worlds, folder, TimeProvider.System).Learn(1, (_, _) => { }, CancellationToken.None);
        var others = Worlds(config, "deadlines.median_s=0.7");
        Assert.Contains("scenario_sha256", Assert.Throws<InputException>(
            () => new SeedsTraining(others, folder, TimeProvider.System).Learn(2, (_, _) => { }, CancellationToken.None)).Message);
    }

    private static World[] Worlds(TestConfig config, params string[] set) => [.. new[] { 4, 5, 6 }.Select(s => config.World([.. set, $"seed={s}"]))];
}

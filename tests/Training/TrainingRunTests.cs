using System.Text.Json;
using System.Text.Json.Nodes;
using RlOffload.Environment;
using RlOffload.Training;
using RlOffload.Training.TensorBoard;

namespace RlOffload.Tests.Training;

public sealed class TrainingRunTests
{
    [Fact]
    public void AnInterruptedRunResumesToTheSameFiles()
    {
        using var config = new TestConfig();
        var world = config.World();
        var whole = new RunFolder(config.At("whole"));
        Learn(world, whole);
        Assert.True(whole.ReadManifest().Finished);

        var parts = new RunFolder(config.At("parts"));
        Learn(world, parts, windows: 2);
        Assert.True(RunFolder.IsIn(parts.Root));
        Assert.Equal(60, parts.ReadManifest().Steps);
        Assert.False(parts.ReadManifest().Finished);
        File.AppendAllText(parts.Metrics, "90,3,written after the checkpoint and lost with the power\n");

        var again = new TrainingRun(world, parts, TimeProvider.System);
        again.Resume();
        again.Learn(_ => { }, CancellationToken.None);
        Assert.Equal(File.ReadAllBytes(whole.Checkpoint), File.ReadAllBytes(parts.Checkpoint));
        Assert.Equal(File.ReadAllText(whole.Metrics), File.ReadAllText(parts.Metrics));
        Assert.Equal(File.ReadAllText(whole.Manifest), File.ReadAllText(parts.Manifest));
        Assert.Equal(Steps(whole.Events), Steps(parts.Events));
        Assert.Equal([0, 30, 60, 90, 120, 150], Steps(parts.Events));
        Assert.Empty(Directory.GetFiles(parts.Root, "*.partial"));
    }

    [Theory]
    [InlineData("sac", "{batch: 16, hidden: [16]}")]
    [InlineData("sac", "{batch: 16, hidden: [16], plans: features}")]
    [InlineData("dqn", "{batch: 16, hidden: [16], imitate: mpc, imitate_decisions: 150, imitate_updates: 20}")]
    [InlineData("d2sac", "{batch: 16, hidden: 16}")]
    [InlineData("hindsight", "{}")]
    [InlineData("hindsight", "{round: 60, refine: {before: 180, after: 0, population: 4, elite: 2, windows: 3}}")]
    [InlineData("hindsight", "{round: 60, refine: {before: 0, after: 180, population: 4, elite: 2, windows: 3}}")]
    [InlineData("cem", "{}")]
    public void EveryAgentResumesToTheSameFilesWithWindowsSideBySideBehindAShieldAndAProbingRule(string agent, string options)
    {
        using var config = new TestConfig();
        string[] quick = ["train={steps: 240, start_steps: 60, validate_every: 60, validation_windows: 1, environments: 2, n_step: 2, shield: true, probe_after_s: 1, randomise_rate: 0.5, randomise_contrast: 0.3, randomise_tempo: 0.4}", $"train.agent={agent}", $"train.{agent}={options}"];
        var (whole, parts) = (new RunFolder(config.At("whole")), new RunFolder(config.At("parts")));
        Learn(config.World(quick), whole);
        Learn(config.World(quick), parts, windows: 4);
        Assert.Equal(120, parts.ReadManifest().Steps);
        var again = new TrainingRun(config.World(quick), parts, TimeProvider.System);
        again.Resume();
        again.Learn(_ => { }, CancellationToken.None);
        Assert.Equal(agent, whole.ReadManifest().Agent);
        Assert.Equal(File.ReadAllBytes(whole.Checkpoint), File.ReadAllBytes(parts.Checkpoint));
        Assert.Equal(File.ReadAllText(whole.Metrics), File.ReadAllText(parts.Metrics));
        var (learned, loaded) = (again.Loop.Best, whole.LoadBest(config.World(quick)));
        var test = config.World().Test.Environment(config.World().CostModel);
        Assert.Equal(Rollout.Play(test, learned, 0), Rollout.Play(test, loaded, 0));
    }

    [Fact]
    public void AnInterruptedRunIsNotOverwrittenAndAFinishedOneLeavesNothingBehind()
    {
        using var config = new TestConfig();
        var world = config.World();
        var folder = new RunFolder(config.At("run"));
        Learn(world, folder, windows: 1);
        var saved = File.ReadAllBytes(folder.Checkpoint);
        Assert.Contains("--resume", Assert.Throws<InputException>(() => Learn(world, folder)).Message);
        Assert.Equal(saved, File.ReadAllBytes(folder.Checkpoint));

        var finished = new RunFolder(config.At("finished"));
        Learn(world, finished);
        new TrainingRun(world, finished, TimeProvider.System).Begin();
        Assert.Equal((0, false), (finished.ReadManifest().Steps, finished.ReadManifest().Finished));
        Assert.Single(File.ReadAllLines(finished.Metrics));
    }

    [Fact]
    public void ARunOfAnotherWorldIsNotResumed()
    {
        using var config = new TestConfig();
        var folder = new RunFolder(config.At("run"));
        Learn(config.World(), folder, windows: 1);
        var problems = Assert.Throws<InputException>(() => new TrainingRun(
            config.World("deadlines.median_s=0.7", "plans={bits: [4, 8], prune: false}", "links={train: [b.json], test: [a.json]}"), folder, TimeProvider.System).Resume()).Problems;
        foreach (var key in new[] { "plans_sha256", "scenario_sha256", "training_links" })
            Assert.Contains(problems, p => p.Contains($"manifest.json:{key}:", StringComparison.Ordinal));

        var manifest = JsonNode.Parse(File.ReadAllText(folder.Manifest))!;
        manifest["agent"] = "another";
        manifest["profile_sha256"] = "x";
        File.WriteAllText(folder.Manifest, manifest.ToJsonString(new JsonSerializerOptions()));
        problems = Assert.Throws<InputException>(() => new TrainingRun(config.World(), folder, TimeProvider.System).Resume()).Problems;
        Assert.Contains(problems, p => p.Contains("profile_sha256: was x when", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.Contains("agent: was another when the run began, is sac now", StringComparison.Ordinal));
    }

    /// <summary>Steps of the events in a file, that of its version first.</summary>
    private static List<long> Steps(EventFile file)
    {
        ReadOnlySpan<byte> bytes = File.ReadAllBytes(file.Path);
        var steps = new List<long>();
        for (; TfRecord.TryRead(bytes, out var data, out var length); bytes = bytes[length..])
            steps.Add(RlOffload.Training.TensorBoard.Proto.Event.Parser.ParseFrom(data).Step);
        Assert.Equal(0, bytes.Length);
        return steps;
    }

    private static void Learn(World world, RunFolder folder, int windows = int.MaxValue)
    {
        var run = new TrainingRun(world, folder, TimeProvider.System);
        using var source = new CancellationTokenSource();
        run.Begin();
        run.Learn(p =>
        {
            if (p.Window == windows)
                source.Cancel();
        }, source.Token);
    }
}

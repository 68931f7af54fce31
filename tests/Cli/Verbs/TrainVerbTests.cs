using System.Text.Json;
using RlOffload.Environment;
using RlOffload.Tests.Training;
using RlOffload.Training;

namespace RlOffload.Tests.Cli.Verbs;

public sealed class TrainVerbTests
{
    private static readonly string[] Set = ["--set", TestConfig.Quick[0], "--set", TestConfig.Quick[1]];

    [Fact]
    public void ARunFolderIsWrittenWithAllThatRepeatsItAndAnInterruptedRunEndsInTheSameCheckpoint()
    {
        using var config = new TestConfig();
        var (exit, output, errors) = CommandLine.RunIn(config.At("cache"), ["train", config.Path, .. Set, "--set", "train.tuning_trials=7", "--seed", "4", "--out", config.At("run")]);
        Assert.True(exit == 0, output + errors);
        var run = new RunFolder(config.At("run"));
        Assert.All([run.Config, run.Manifest, run.Metrics, run.Checkpoint, run.Evaluation, run.Report], f => Assert.True(File.Exists(f), f));
        Assert.Contains("train", File.ReadAllText(run.Config));
        var manifest = run.ReadManifest();
        Assert.Equal((4ul, 150, true), (manifest.Seed, manifest.Steps, manifest.Finished));
        var metrics = File.ReadAllLines(run.Metrics);
        Assert.Equal(1 + 150 / 30, metrics.Length);
        Assert.All(metrics, line => Assert.Equal(metrics[0].Split(',').Length, line.Split(',').Length));
        var evaluation = JsonDocument.Parse(File.ReadAllBytes(run.Evaluation)).RootElement;
        var names = evaluation.GetProperty("policies").EnumerateArray().Select(p => p.GetProperty("name").GetString()!).ToList();
        Assert.Equal("sac", names[0]);
        Assert.Equal(7, evaluation.GetProperty("policies")[0].GetProperty("tuning_trials").GetInt32());
        Assert.Contains("lmos@8", names);
        Assert.Contains($"guard: {manifest.Guard!.Deploys} is what", output);
        Assert.Equal(["sac", "priced", "mpc", "probe-rule"], manifest.Guard.Merits.Keys);
        Assert.All(names, name => Assert.Contains(name, output));
        Assert.True(output.Split('\n').Any(line => line.Contains("decide us") && line.Contains("policy")), "a redirected table is not squeezed:\n" + output);

        var verified = CommandLine.RunIn(config.At("cache"), ["verify", config.At("run")]);
        Assert.True(verified.ExitCode == 0, verified.Output + verified.Errors);
        Assert.Contains("verified", verified.Output);

        var world = config.World();
        var interrupted = new RunFolder(config.At("interrupted"));
        var training = new TrainingRun(Experiment.Load(config.Path, TestConfig.Quick, 4).Build(), interrupted, TimeProvider.System);
        using var stop = new CancellationTokenSource();
        training.Begin();
        training.Learn(_ => stop.Cancel(), stop.Token);
        Assert.NotEqual(File.ReadAllBytes(run.Checkpoint), File.ReadAllBytes(interrupted.Checkpoint));

        var refused = CommandLine.RunIn(config.At("cache"), ["train", config.Path, .. Set, "--out", interrupted.Root]);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("--resume", refused.Errors);

        (exit, output, errors) = CommandLine.RunIn(config.At("cache"), ["train", config.Path, "--resume", interrupted.Root, "--no-evaluation"]);
        Assert.True(exit == 0, output + errors);
        Assert.Equal(File.ReadAllBytes(run.Checkpoint), File.ReadAllBytes(interrupted.Checkpoint));
        Assert.Equal(File.ReadAllText(run.Metrics), File.ReadAllText(interrupted.Metrics));
        Assert.Equal(world.ScenarioHash, interrupted.ReadManifest().ScenarioSha256);
    }

    [Fact]
    public void CtrlCWhileItLearnsLeavesARunThatEndsInTheBytesOfAnUninterruptedOne()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var config = new TestConfig();
        string[] longer = ["train", config.Path, .. Set, "--set", "train.steps=9000", "--no-evaluation", "--out"];
        var (whole, run) = (new RunFolder(config.At("whole")), new RunFolder(config.At("run")));
        var (exit, output, errors) = CommandLine.RunIn(config.At("cache"), [.. longer, whole.Root]);
        Assert.True(exit == 0, output + errors);

        (exit, output, errors) = CommandLine.Interrupt(config.At("cache"), [.. longer, run.Root], _ => new FileInfo(run.Metrics) is { Exists: true, Length: > 400 });
        Assert.True(exit == 130, $"{exit}: {output}{errors}");
        Assert.Contains($"of 9000 steps; go on with: rloffload train {config.Path} --resume {run.Root}", output.ReplaceLineEndings(" "));
        Assert.DoesNotContain(Directory.GetFiles(run.Root), f => f.EndsWith(".partial", StringComparison.Ordinal));
        Assert.False(run.ReadManifest().Finished);
        Assert.InRange(run.ReadManifest().Steps, 1, 8_999);

        (exit, output, errors) = CommandLine.RunIn(config.At("cache"), ["train", config.Path, "--resume", run.Root, "--no-evaluation"]);
        Assert.True(exit == 0, output + errors);
        Assert.Equal(File.ReadAllBytes(whole.Checkpoint), File.ReadAllBytes(run.Checkpoint));
        Assert.Equal(File.ReadAllText(whole.Metrics), File.ReadAllText(run.Metrics));
    }

    [Fact]
    public void ARunThatIsKilledAgainAndAgainEndsInTheBytesOfAnUninterruptedOne()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var config = new TestConfig();
        var (whole, run) = (new RunFolder(config.At("whole")), new RunFolder(config.At("run")));
        // A checkpoint after every window: most kills hit the writing of one. The first half imitates a planner.
        string[] longer = ["train", config.Path, .. Set, "--set", "train.steps=3000", "--set", "train.sac.imitate=priced", "--set", "train.sac.imitate_decisions=1400", "--set", "train.checkpoint_s=0", "--no-evaluation", "--out"];
        var (exit, output, errors) = CommandLine.RunIn(config.At("cache"), [.. longer, whole.Root]);
        Assert.True(exit == 0, output + errors);

        var rng = new Rng(20);
        var (kills, reached) = (0, 0);
        foreach (var window in new[] { 1, 30, 60 })
        {
            var until = window + rng.NextInt(20);
            string[] start = reached == 0 ? [.. longer, run.Root] : ["train", config.Path, "--resume", run.Root, "--no-evaluation"];
            (exit, output, errors) = CommandLine.Kill(config.At("cache"), start, _ => Lines(run) > until);
            kills += exit == 137 ? 1 : 0;
            Assert.True(exit is 137 or 0, $"{exit}: {output}{errors}");
            reached = Lines(run);
        }
        Assert.True(kills >= 2, $"{kills} of 3 kills came before the end");
        (exit, output, errors) = CommandLine.RunIn(config.At("cache"), ["train", config.Path, "--resume", run.Root, "--no-evaluation"]);
        Assert.True(exit == 0, output + errors);
        Assert.Equal(File.ReadAllBytes(whole.Checkpoint), File.ReadAllBytes(run.Checkpoint));
        Assert.Equal(File.ReadAllText(whole.Metrics), File.ReadAllText(run.Metrics));
        Assert.Equal(File.ReadAllText(whole.Manifest), File.ReadAllText(run.Manifest));

        static int Lines(RunFolder run)
        {
            if (!File.Exists(run.Metrics))
                return 0;
            using var reader = new StreamReader(new FileStream(run.Metrics, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            return reader.ReadToEnd().Count(c => c == '\n');
        }
    }

    [Fact]
    public void SeveralSeedsAreTrainedSideBySideResumeAndGiveOneRow()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var config = new TestConfig();
        var folder = new SeedsFolder(config.At("seeds"));
        string[] start = ["train", config.Path, .. Set, "--set", "train.checkpoint_s=0", "--seed", "3", "--seeds", "3", "--out", folder.Root];
        var (exit, output, errors) = CommandLine.Kill(config.At("cache"), start, _ => File.Exists(folder.Run(4).Checkpoint));
        Assert.True(exit is 137 or 0, $"{exit}: {output}{errors}");
        (exit, output, errors) = CommandLine.RunIn(config.At("cache"), ["train", config.Path, "--resume", folder.Root]);
        Assert.True(exit == 0, output + errors);
        Assert.Contains("sac (3 seeds)", output);
        Assert.Contains("best over 3 seeds", output);
        Assert.True(File.Exists(folder.Report) && File.Exists(folder.Evaluation));
        Assert.Equal([3ul, 4ul, 5ul], folder.Runs.Select(r => r.ReadManifest().Seed));

        var alone = new RunFolder(config.At("alone"));
        (exit, output, errors) = CommandLine.RunIn(config.At("cache"), ["train", config.Path, .. Set, "--seed", "4", "--no-evaluation", "--out", alone.Root]);
        Assert.True(exit == 0, output + errors);
        Assert.Equal(File.ReadAllText(alone.Metrics), File.ReadAllText(folder.Run(4).Metrics));
        Assert.Equal(File.ReadAllBytes(alone.Checkpoint), File.ReadAllBytes(folder.Run(4).Checkpoint));

        (exit, output, errors) = CommandLine.RunIn(config.At("cache"), ["evaluate", config.Path, "--set", TestConfig.Quick[1], "--policy", $"mine={folder.Root}"]);
        Assert.True(exit == 0, output + errors);
        Assert.Contains("mine (3 seeds)", output);
    }

    [Fact]
    public void ATornCheckpointIsSkippedWithAWarningAndTheRunEndsInTheSameBytes()
    {
        using var config = new TestConfig();
        var world = config.World("train.checkpoint_s=0");
        var (whole, run) = (new RunFolder(config.At("whole")), new RunFolder(config.At("run")));
        foreach (var (folder, windows) in new[] { (whole, int.MaxValue), (run, 3) })
        {
            using var stop = new CancellationTokenSource();
            var training = new TrainingRun(world, folder, TimeProvider.System);
            training.Begin();
            training.Learn(p =>
            {
                if (p.Window == windows)
                    stop.Cancel();
            }, stop.Token);
        }
        File.WriteAllBytes(run.Checkpoint, File.ReadAllBytes(run.Checkpoint)[..^100]);
        var (exit, output, errors) = CommandLine.RunIn(config.At("cache"), ["train", config.Path, "--resume", run.Root, "--no-evaluation"]);
        Assert.True(exit == 0, output + errors);
        Assert.Contains($"warning: {run.Checkpoint}:file: is torn or damaged", output);
        Assert.Equal(File.ReadAllBytes(whole.Checkpoint), File.ReadAllBytes(run.Checkpoint));
        Assert.Equal(File.ReadAllText(whole.Metrics), File.ReadAllText(run.Metrics));
    }

    [Fact]
    public void CtrlCBeforeItLearnsWritesNoRunAndSaysWhatIsKept()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var config = new TestConfig();
        var (exit, output, errors) = CommandLine.Interrupt(config.At("cache"),
            ["train", config.Path, .. Set, "--set", "evaluate.windows=16", "--set", "evaluate.oracle_width=2000", "--out", config.At("run")],
            _ => Directory.Exists(config.At("cache")) && Directory.EnumerateFiles(config.At("cache"), "tuned-*.json", SearchOption.AllDirectories).Any());
        Assert.True(exit == 130, $"{exit}: {output}{errors}");
        Assert.Contains("interrupted before training began", output);
        Assert.False(Directory.Exists(config.At("run")));
    }

    [Fact]
    public void GarbageIsRefusedAndNothingIsWritten()
    {
        using var config = new TestConfig();
        Refused("train.stepz", "--set", "train.stepz=5");
        Refused("prior_weight", "--set", "train.sac.prior_weight=-1");
        Refused("--resume", "--resume", config.At("nowhere"));
        Refused("--seeds", "--seeds", "0");

        void Refused(string named, params string[] arguments)
        {
            var (exit, _, errors) = CommandLine.RunIn(config.At("cache"), ["train", config.Path, "--out", config.At("run"), .. arguments]);
            Assert.Equal(2, exit);
            Assert.Contains(named, errors);
            Assert.False(Directory.Exists(config.At("run")));
        }
    }
}

using RlOffload.Agents;
using RlOffload.Agents.Engine;
using RlOffload.Agents.Replay;
using RlOffload.Agents.Sac;
using RlOffload.Environment;
using RlOffload.Tests.Environment;
using RlOffload.Training;

namespace RlOffload.Tests.Training;

public sealed class TrainingLoopTests
{
    private static readonly TrainOptions Short = new()
    {
        Steps = 300,
        StartSteps = 60,
        UpdateEvery = 2,
        ReplayCapacity = 200,
        ValidateEvery = 100,
        ValidationWindows = 2,
        Agent = new SacOptions { Batch = 16, Hidden = [16] },
    };

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(13)]
    public void ALoadedLoopGoesOnBitForBit(int windows)
    {
        var whole = Loop(Short, 1);
        var expected = new List<string>();
        while (!whole.Done)
            expected.Add(Line(whole.Advance()));

        var first = Loop(Short, 1);
        for (var w = 0; w < windows; w++)
            Assert.Equal(expected[w], Line(first.Advance()));
        var second = Loop(Short, 1);
        using (var reader = new BinaryReader(new MemoryStream(Saved(first))))
            second.Load(reader, "checkpoint.bin");
        Assert.Equal(windows, second.Window);
        var last = "";
        while (!second.Done)
            last = Line(second.Advance());
        Assert.Equal(expected[^1], last);
        Assert.True(((DiscreteSac)((ReplayAgent)whole.Agent).Learner).Updates > 100);
        Assert.Equal(Saved(whole), Saved(second));
    }

    [Fact]
    public void TheSameSeedGivesTheSameBytesAndAnotherSeedOthers()
    {
        var (one, again, other) = (Loop(Short, 1), Loop(Short, 1), Loop(Short, 2));
        foreach (var loop in new[] { one, again, other })
            while (!loop.Done)
                loop.Advance();
        Assert.Equal(Saved(one), Saved(again));
        Assert.NotEqual(Saved(one), Saved(other));
    }

    [Fact]
    public void TheBestAgentIsTheOneWhoseValidationIsReported()
    {
        var loop = Loop(Short, 3);
        var checks = new List<double>();
        while (!loop.Done)
            checks.Add(loop.Advance().Validation);
        Assert.Equal(checks.Where(double.IsFinite).Max(), loop.BestValidation);
        var world = Environment(20, 5);
        var played = Enumerable.Range(WindowNumbers.Validation, Short.ValidationWindows).Average(w => Reward(world, loop.Best, w));
        Assert.Equal(loop.BestValidation, played, 1e-12);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void AFewThousandStepsBeatTheUntrainedPolicyAndEveryLocalPlanOnOtherLinks(int seed)
    {
        var options = new TrainOptions
        {
            Steps = 3_000,
            StartSteps = 400,
            UpdateEvery = 3,
            ValidateEvery = 750,
            ValidationWindows = 6,
            Agent = new SacOptions { Batch = 64, Hidden = [64, 64], EntropyAnnealUpdates = 600, LearningRateActor = 1e-3 },
        };
        var loop = Loop(options, (ulong)seed, requests: 60);
        var test = Environment(60, 11);
        var untrained = Mean(w => Reward(test, new LearnedPolicy("sac", loop.Agent.Policy, loop.Best.View), w));
        var local = Enumerable.Range(0, test.Actions).Where(p => test.Model.Table.Plans[p].ToString().StartsWith("local@", StringComparison.Ordinal)).ToArray();
        Assert.Equal(3, local.Length);
        var bestLocal = local.Max(p => Mean(w =>
        {
            test.Play(w, new FixedPolicy(test.Model, p));
            return test.TotalReward / 60;
        }));
        while (!loop.Done)
            loop.Advance();
        var trained = Mean(w => Reward(test, loop.Best, w));
        Assert.True(trained > untrained + 0.02 && trained > bestLocal + 0.02, $"trained {trained}, untrained {untrained}, local {bestLocal}");

        static double Mean(Func<int, double> reward) => Enumerable.Range(0, 12).Average(reward);
    }

    [Fact]
    public void ACheckpointThatIsCutOffOrGoesOnIsRefusedByName()
    {
        var loop = Loop(Short, 1);
        loop.Advance();
        var saved = Saved(loop);
        foreach (var length in new[] { 0, 3, 20, 60, saved.Length / 2, saved.Length - 1 })
        {
            using var reader = new BinaryReader(new MemoryStream(saved[..length]));
            Assert.Contains("run/checkpoint.bin", Assert.Throws<InputException>(() => Loop(Short, 1).Load(reader, "run/checkpoint.bin")).Message);
        }
        using var longer = new BinaryReader(new MemoryStream([.. saved, 0]));
        Assert.Contains("run/checkpoint.bin:length: goes on", Assert.Throws<InputException>(() => Loop(Short, 1).Load(longer, "run/checkpoint.bin")).Message);
    }

    [Fact]
    public void ACheckpointOfAnotherConfigurationIsRefused()
    {
        var loop = Loop(Short, 1);
        loop.Advance();
        Refused(Saved(loop), Short with { Agent = new SacOptions { Batch = 16, Hidden = [17] } }, "agent.hidden");
        Refused(Saved(loop), Short with { ReplayCapacity = 100 }, "replay.capacity");
        Refused([9, .. Saved(loop)[1..]], Short, "format");
        Refused([.. Enumerable.Repeat((byte)'x', 5_000)], Short, "format");

        static void Refused(byte[] checkpoint, TrainOptions options, string key)
        {
            using var reader = new BinaryReader(new MemoryStream(checkpoint));
            Assert.Contains($"checkpoint.bin:{key}", Assert.Throws<InputException>(() => Loop(options, 1).Load(reader, "checkpoint.bin")).Message);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void AnAgentIsShownEveryWindowOfEveryLaneInOrder(int lanes)
    {
        var options = new RecordingOptions();
        var loop = Loop(new TrainOptions { Steps = 4 * 20 * lanes, StartSteps = 30, UpdateEvery = 2, ValidateEvery = 40, ValidationWindows = 1, Environments = lanes, Agent = options }, 1);
        var updates = 0.0;
        for (var round = 0; round < 4; round++)
        {
            var calls = options.Agent.Calls;
            calls.Clear();
            var progress = loop.Advance();
            for (var lane = 0; lane < lanes; lane++)
            {
                var own = calls.Where(c => c.Lane == lane).ToList();
                Assert.Equal(("begin", round * lanes + lane), (own[0].Kind, own[0].Number));
                Assert.Equal("end", own[^1].Kind);
                Assert.Equal(Enumerable.Range(0, 21), own.Where(c => c.Kind == "observe").Select(c => c.Number));
                Assert.Equal(Enumerable.Range(0, 20), own.Where(c => c.Kind == "choose").Select(c => c.Number));
                Assert.Equal(Enumerable.Range(0, 20), own.Where(c => c.Kind == "remember").Select(c => c.Number).Order());
                Assert.All(own.Select((c, i) => (c, i)).Where(p => p.c.Kind == "remember"),
                    p => Assert.Contains(own[..p.i], c => c.Kind == "observe" && c.Number == p.c.Number + 1));
            }
            updates = options.Agent.Updates;
            Assert.Equal(updates, progress.Measures.Single());
        }
        Assert.True(loop.Done);
        Assert.Equal((80 * lanes - 30) / 2, updates);
        Assert.Equal(4 * lanes, loop.Window);
    }

    [Fact]
    public void WindowsSideBySideResumeBitForBitAndLearnFromAsManyDecisions()
    {
        var options = Short with { Steps = 400, Environments = 4, NStep = 3 };
        var (whole, parts) = (Loop(options, 1), Loop(options, 1));
        Assert.Equal(Line(whole.Advance()), Line(parts.Advance()));
        Assert.Equal((80, 4), (parts.Step, parts.Window));
        var resumed = Loop(options, 1);
        using (var reader = new BinaryReader(new MemoryStream(Saved(parts))))
            resumed.Load(reader, "checkpoint.bin");
        while (!whole.Done)
            Assert.Equal(Line(whole.Advance()), Line(resumed.Advance()));
        Assert.Equal(Saved(whole), Saved(resumed));
        Assert.Equal((400 - 60) / 2, ((DiscreteSac)((ReplayAgent)whole.Agent).Learner).Updates);
    }

    [Fact]
    public void ACheckpointOfAnotherAgentIsRefusedByName()
    {
        var loop = Loop(Short, 1);
        using var reader = new BinaryReader(new MemoryStream(Saved(loop)));
        Assert.Contains("checkpoint.bin:agent: is sac, allowed is recording", Assert.Throws<InputException>(
            () => Loop(Short with { Agent = new RecordingOptions() }, 1).Load(reader, "checkpoint.bin")).Message);
    }

    [Fact]
    public void TheOnnxEngineLearnsTheSamePolicyUpToRounding()
    {
        var (one, other) = (Loop(Short, 1), Loop(Short with { Engine = Engines.Onnx }, 1));
        foreach (var loop in new[] { one, other })
            while (!loop.Done)
                loop.Advance();
        var (first, second) = ((DiscreteSac)((ReplayAgent)one.Agent).Learner, (DiscreteSac)((ReplayAgent)other.Agent).Learner);
        Assert.IsType<OnnxEngine>(second.Engine);
        Assert.True(first.Updates > 100 && first.Updates == second.Updates);
        var rng = new Rng(1);
        bool[] all = [.. Enumerable.Repeat(true, first.Actions)];
        float[] known = new float[first.Observations], logits = new float[first.Actions], others = new float[first.Actions];
        for (var state = 0; state < 50; state++)
        {
            foreach (ref var value in known.AsSpan())
                value = (float)rng.NextGaussian();
            first.Logits(known, all, logits);
            second.Logits(known, all, others);
            var size = logits.Max(Math.Abs);
            Assert.All(logits.Zip(others), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 1e-3 * size));
            // The same decision, unless two plans are as good as equal.
            Assert.InRange(logits.Max() - logits[others.AsSpan().IndexOf(others.Max())], 0, 2e-3 * size);
        }
        Assert.Equal(one.BestValidation, other.BestValidation, 1e-3);
    }

    [Theory]
    [InlineData("d2sac", "{batch: 8, hidden: 8}")]
    [InlineData("dqn", "{batch: 8, hidden: [8]}")]
    [InlineData("sac", "{batch: 8, hidden: [8], plans: features, imitate: priced, imitate_decisions: 80, imitate_updates: 10}")]
    [InlineData("hindsight", "{batch: 8}")]
    public void EveryLearnedAgentTrainsOnTheOnnxEngine(string agent, string options)
    {
        using var config = new TestConfig();
        var loop = TrainingLoop.Of(config.World("train.engine=onnx", $"train.agent={agent}", $"train.{agent}={options}"));
        var measures = loop.Advance().Measures;
        while (!loop.Done)
            measures = loop.Advance().Measures;
        Assert.All(measures, measure => Assert.True(double.IsFinite(measure)));
        Assert.Contains(measures, measure => measure != 0);
        Assert.True(double.IsFinite(loop.BestValidation));
    }

    [Fact]
    public void AWorldWhoseEngineThisBuildLacksIsRefusedBeforeAnythingIsWritten()
    {
        if (Engines.HasTorch)
            return;
        using var config = new TestConfig();
        var message = Assert.Throws<InputException>(() => TrainingLoop.Of(config.World("train.engine=torch"))).Message;
        Assert.Contains("train.engine: is torch, and this build is without TorchSharp; build with -p:Torch=cpu", message);
    }

    [Fact]
    public void ACheckedTrainingIsTheSameAsAnUncheckedOne()
    {
        var (plain, watched) = (Loop(Short, 1), Loop(Short with { Check = true }, 1));
        foreach (var loop in new[] { plain, watched })
            while (!loop.Done)
                loop.Advance();
        Assert.Equal(Saved(plain), Saved(watched));
    }

    private static TrainingLoop Loop(TrainOptions options, ulong seed, int requests = 20)
    {
        var training = Environment(requests, 3);
        return new TrainingLoop([training, .. Enumerable.Range(1, options.Environments - 1).Select(_ => Environment(requests, 3))], Environment(requests, 5), [.. Enumerable.Range(0, training.Actions)], options, seed);
    }

    private static OffloadEnvironment Environment(int requests, ulong links) =>
        TestWorld.Environment(TestWorld.Scenario with { Requests = requests }, TestWorld.Varying(links), probe: false);

    private static double Reward(OffloadEnvironment world, LearnedPolicy agent, int window)
    {
        world.Play(window, agent);
        return world.TotalReward / world.Model.Scenario.Requests;
    }

    private static string Line(in TrainProgress p) => $"{p with { Measures = [] }} {string.Join(' ', p.Measures)}";

    private static byte[] Saved(TrainingLoop loop)
    {
        using var memory = new MemoryStream();
        using (var writer = new BinaryWriter(memory))
            loop.Save(writer);
        return memory.ToArray();
    }
}

using RlOffload.Agents.Learning;
using RlOffload.Agents.Replay;
using RlOffload.Agents.Sac;
using RlOffload.Environment;
using RlOffload.Tests.Agents.Learning;

namespace RlOffload.Tests.Agents.Sac;

public sealed class DiscreteSacTests
{
    private const int Observations = 6;
    private const int Actions = 5;

    private static readonly SacOptions Tiny = new()
    {
        Hidden = [9, 7], Batch = 24, LearningRateActor = 5e-3, LearningRateCritic = 5e-3, ActorOutputScale = 1, Tau = 0.02, QClip = 0.05,
        EntropyAnnealUpdates = 100,
    };

    public static TheoryData<string, SacOptions> Variants => new()
    {
        { "default form", Tiny },
        { "minimum of the critics", Tiny with { QBar = QBar.Minimum } },
        { "no clip, squared errors", Tiny with { QClip = 0, HuberDelta = 0 } },
        { "Huber bends early", Tiny with { QClip = 0, HuberDelta = 0.1 } },
        { "entropy in the target", Tiny with { TargetEntropyWeight = 1 } },
        { "as published", SacOptions.Published with { Hidden = [9, 7], Batch = 24, LearningRateActor = 5e-3, LearningRateCritic = 5e-3 } },
        { "prior logits", Tiny with { PriorWeight = 1 } },
    };

    [Theory, MemberData(nameof(Variants))]
    public void EveryGradientOfAnUpdateIsThatOfFiniteDifferences(string variant, SacOptions options)
    {
        var replay = Replay(200, options.PriorWeight > 0);
        var agent = Agent(options);
        for (var i = 0; i < 40; i++)
            agent.Update(replay);
        var before = Agent(options);
        before.Load(new BinaryReader(Saved(agent)));
        var metrics = agent.Update(replay);

        var referee = new DoubleSac(before, agent);
        var targets = referee.Targets();
        Assert.InRange(Matrices.Distance(targets, Column(agent.Engine.Read(agent.Terms.Targets))), 0, 1e-5);
        var first = referee.Q1.Differences(() => referee.CriticLoss(true, targets));
        var second = referee.Q2.Differences(() => referee.CriticLoss(false, targets));
        var actor = referee.Actor.Differences(referee.ActorLoss);
        Assert.True(Matrices.Distance(first, Gradient(agent, 0)) < 2e-5, $"{variant}: critic 1");
        Assert.True(Matrices.Distance(second, Gradient(agent, 1)) < 2e-5, $"{variant}: critic 2");
        Assert.True(Matrices.Distance(actor, Gradient(agent, 2)) < 2e-5, $"{variant}: actor");
        Assert.Equal((referee.CriticLoss(true, targets) + referee.CriticLoss(false, targets)) / 2, metrics.CriticLoss, 1e-6);
        Assert.Equal(referee.ActorLoss(), metrics.ActorLoss, 1e-5);
        Assert.Equal(referee.NormalisedEntropy(), metrics.NormalisedEntropy, 1e-5);
    }

    [Fact]
    public void TheTemperatureDescendsItsLoss()
    {
        var replay = Replay(200, prior: false);
        DiscreteSac agent = Agent(Tiny), before = Agent(Tiny);
        agent.Update(replay);
        var referee = new DoubleSac(before, agent);
        var logAlpha = Math.Log(before.Alpha);
        const double step = 1e-4;
        var slope = (referee.TemperatureLoss(logAlpha + step) - referee.TemperatureLoss(logAlpha - step)) / (2 * step);
        Assert.Equal(logAlpha - Tiny.LearningRateAlpha * slope, Math.Log(agent.Alpha), 1e-6);
        Assert.NotEqual(before.Alpha, agent.Alpha);
    }

    [Fact]
    public void ParametersStepAgainstTheirGradientAndTargetsFollow()
    {
        var replay = Replay(200, prior: false);
        DiscreteSac agent = Agent(Tiny), before = Agent(Tiny);
        agent.Update(replay);
        // Adam's first step is rate * sign(gradient).
        Span<float> weights = agent.Actor.Parameters.Flat, old = before.Actor.Parameters.Flat, gradient = Gradient(agent, 2);
        for (var i = 0; i < weights.Length; i++)
            if (Math.Abs(gradient[i]) > 1e-5)
                Assert.Equal(-Math.Sign(gradient[i]) * Tiny.LearningRateActor, weights[i] - old[i], 2e-5);
        Span<float> online = agent.Networks.Critics[0].Online.Parameters.Flat, target = agent.Networks.Critics[0].Target.Parameters.Flat;
        var start = before.Networks.Critics[0].Target.Parameters.Flat;
        for (var i = 0; i < target.Length; i++)
            Assert.Equal(start[i] + Tiny.Tau * (online[i] - start[i]), target[i], 1e-6);
        Assert.NotEqual(agent.Networks.Critics[0].Online.Parameters.ToDense(), agent.Networks.Critics[1].Online.Parameters.ToDense());
    }

    [Fact]
    public void StatesWithOneValidActionTeachTheActorNothingAndCountForNoEntropy()
    {
        var replay = new ReplayBuffer(50, Observations, Actions);
        var rng = new Rng(1);
        bool[] only = [false, false, true, false, false];
        for (var i = 0; i < 50; i++)
            replay.Add(Noise(ref rng), only, 2, 1f, 0.9f, Noise(ref rng), only, false);
        var agent = Agent(Tiny);
        var metrics = agent.Update(replay);
        Assert.All(Gradient(agent, 2), value => Assert.Equal(0f, value));
        Assert.Equal(Tiny.AlphaStart, agent.Alpha, 1e-8);
        Assert.Equal(0, metrics.NormalisedEntropy);
        Assert.True(double.IsFinite(metrics.ActorLoss) && metrics.CriticLoss > 0);
    }

    [Fact]
    public void TheEntropyTargetFallsLinearlyAndAlphaStaysWithinItsBounds()
    {
        var replay = Replay(100, prior: false);
        var options = Tiny with { EntropyAnnealUpdates = 10, LearningRateAlpha = 1, LogAlphaLowest = -3, LogAlphaHighest = -2 };
        var agent = Agent(options);
        Assert.Equal(0.5, agent.EntropyTarget);
        for (var i = 0; i < 5; i++)
            agent.Update(replay);
        Assert.Equal(0.275, agent.EntropyTarget, 1e-12);
        for (var i = 0; i < 100; i++)
        {
            agent.Update(replay);
            Assert.InRange(Math.Log(agent.Alpha), -3 - 1e-6, -2 + 1e-6);
        }
        Assert.Equal(0.05, agent.EntropyTarget, 1e-12);
    }

    [Fact]
    public void BatchAndSingleStateGiveTheSameLogits()
    {
        var agent = Agent(Tiny with { PriorWeight = 1 });
        var rng = new Rng(5);
        for (var i = 0; i < 20; i++)
            agent.Normaliser.Observe(Noise(ref rng));
        var (observation, logits, raw) = (Noise(ref rng), new float[Actions], new float[Actions]);
        agent.Logits(observation, [true, false, true, true, true], logits, [1, 2, 3, 4, 5]);
        var normalised = new float[Observations];
        agent.Normaliser.Normalise(observation, normalised);
        agent.Actor.Forward(normalised, raw);
        Assert.Equal([raw[0] + 1, ActionMask.Forbidden, raw[2] + 3, raw[3] + 4, raw[4] + 5], logits);
        Assert.Throws<ArgumentException>(() => agent.Logits(observation, [true, true, true, true, true], logits));
        Assert.Throws<ArgumentException>(() => agent.Logits(observation, [true], logits, [1, 2, 3, 4, 5]));
    }

    [Fact]
    public void ActionsAreDrawnAsOftenAsThePolicySays()
    {
        var agent = Agent(Tiny);
        var rng = new Rng(3);
        var observation = Noise(ref rng);
        bool[] mask = [true, false, true, true, false];
        var logits = new float[Actions];
        agent.Logits(observation, mask, logits);
        var weights = logits.Select((z, a) => mask[a] ? Math.Exp(z) : 0).ToArray();
        var counts = new int[Actions];
        const int draws = 20_000;
        for (var i = 0; i < draws; i++)
            counts[agent.Act(observation, mask, ref rng, greedy: false)]++;
        for (var a = 0; a < Actions; a++)
            Assert.Equal(weights[a] / weights.Sum(), (double)counts[a] / draws, 0.015);
        Assert.Equal(Array.IndexOf(logits, logits.Max()), agent.Act(observation, mask, ref rng, greedy: true));
        Assert.Throws<ArgumentException>(() => agent.Act(observation, new bool[Actions], ref rng, greedy: true));
    }

    [Fact]
    public void TheSameSeedGivesTheSameBytesAndAnotherDoesNot()
    {
        var replay = Replay(200, prior: false);
        DiscreteSac first = Agent(Tiny), second = Agent(Tiny), other = Agent(Tiny, seed: 2);
        for (var i = 0; i < 50; i++)
            Assert.Equal(first.Update(replay), second.Update(replay));
        other.Update(replay);
        Assert.Equal(Saved(first).ToArray(), Saved(second).ToArray());
        Assert.NotEqual(first.Actor.Parameters.ToDense(), other.Actor.Parameters.ToDense());
    }

    [Fact]
    public void ALoadedAgentContinuesBitForBit()
    {
        var replay = Replay(200, prior: false);
        var agent = Agent(Tiny);
        var rng = new Rng(1);
        for (var i = 0; i < 30; i++)
        {
            agent.Normaliser.Observe(Noise(ref rng));
            agent.Update(replay);
        }
        var resumed = Agent(Tiny, seed: 77);
        resumed.Load(new BinaryReader(Saved(agent)));
        for (var i = 0; i < 30; i++)
        {
            var observation = Noise(ref rng);
            agent.Normaliser.Observe(observation);
            resumed.Normaliser.Observe(observation);
            Assert.Equal(agent.Update(replay), resumed.Update(replay));
        }
        Assert.Equal(Saved(agent).ToArray(), Saved(resumed).ToArray());
    }

    [Fact]
    public void ACheckpointOfAnotherShapeOrCutShortIsRefused()
    {
        var saved = Saved(Agent(Tiny));
        var problem = Assert.Throws<InputException>(() => Agent(Tiny with { Hidden = [9, 8] }).Load(new BinaryReader(saved), "run/agent.bin"));
        Assert.Equal("run/agent.bin:agent.hidden: is 7, this configuration needs 8", problem.Message);
        var cut = new MemoryStream(saved.ToArray()[..^1]);
        Assert.Contains("ends", Assert.Throws<InputException>(() => Agent(Tiny).Load(new BinaryReader(cut))).Message);
    }

    [Fact]
    public void UpdatesAndDecisionsAllocateNothing()
    {
        var replay = Replay(200, prior: true);
        var agent = Agent(Tiny with { PriorWeight = 1 });
        var rng = new Rng(1);
        var (observation, mask, prior) = (Noise(ref rng), new[] { true, true, false, true, true }, new float[Actions]);
        var before = 0L;
        for (var i = 0; i < 10; i++)
        {
            agent.Normaliser.Observe(observation);
            agent.Act(observation, mask, ref rng, greedy: i % 2 == 0, prior);
            agent.Update(replay);
            if (i == 1)
                before = GC.GetAllocatedBytesForCurrentThread();
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void AReplayOfAnotherShapeIsRefused()
    {
        Assert.Throws<ArgumentException>(() => Agent(Tiny).Update(Replay(10, prior: true)));
        Assert.Throws<ArgumentException>(() => Agent(Tiny).Update(new ReplayBuffer(5, Observations, Actions + 1)));
    }

    private static DiscreteSac Agent(SacOptions options, ulong seed = 1) => new(Observations, Actions, options, seed, keepGradients: true);

    /// <summary>Random transitions: masks from one valid action to all, terminal states, some of them without a valid action.</summary>
    private static ReplayBuffer Replay(int count, bool prior)
    {
        var replay = new ReplayBuffer(count, Observations, Actions, prior);
        var rng = new Rng(8);
        for (var i = 0; i < count; i++)
        {
            var (mask, action) = Mask(ref rng);
            var (nextMask, _) = Mask(ref rng);
            var terminated = rng.NextDouble() < 0.2;
            if (terminated && rng.NextDouble() < 0.5)
                nextMask = new bool[Actions];
            replay.Add(
                Noise(ref rng), mask, action, (float)rng.NextGaussian(), 0.9f, Noise(ref rng), nextMask, terminated,
                prior ? Noise(ref rng).AsSpan(0, Actions) : default, prior ? Noise(ref rng).AsSpan(0, Actions) : default);
        }
        return replay;
    }

    private static (bool[] Mask, int Action) Mask(ref Rng rng)
    {
        var mask = new bool[Actions];
        for (var a = 0; a < Actions; a++)
            mask[a] = rng.NextDouble() < 0.5;
        var action = rng.NextInt(Actions);
        mask[action] = true;
        return (mask, action);
    }

    private static float[] Noise(ref Rng rng)
    {
        var values = new float[Observations];
        foreach (ref var value in values.AsSpan())
            value = (float)rng.NextGaussian();
        return values;
    }

    /// <summary>In the layout of the network's parameters, padding 0.</summary>
    private static float[] Gradient(DiscreteSac agent, int network) => [.. agent.Terms.Gradients[network].SelectMany(gradient =>
    {
        var matrix = agent.Engine.Read(gradient);
        return Enumerable.Range(0, matrix.Rows).SelectMany(r => matrix.Row(r).ToArray().Concat(new float[matrix.Stride - matrix.Columns]));
    })];

    private static float[] Column(Matrix matrix) => [.. Enumerable.Range(0, matrix.Rows).Select(r => matrix.Row(r)[0])];

    private static MemoryStream Saved(DiscreteSac agent)
    {
        var stream = new MemoryStream();
        agent.Save(new BinaryWriter(stream));
        stream.Position = 0;
        return stream;
    }
}

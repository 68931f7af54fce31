using Microsoft.ML.OnnxRuntime;
using RlOffload.Agents.Diffusion;
using RlOffload.Agents.Replay;
using RlOffload.Environment;
using RlOffload.Tests.Agents.Sac.Sanity;

namespace RlOffload.Tests.Agents.Diffusion;

public sealed class DiffusionSacTests
{
    private const int Observations = 6, Actions = 7;
    private static readonly DiffusionOptions Tiny = new() { Hidden = 12, Batch = 16 };

    private sealed class ContextualBandit() : SanityWorld(3, 3)
    {
        private int _state;

        public override void Reset(ref Rng rng, Span<float> observation, Span<bool> mask)
        {
            _state = rng.NextInt(3);
            observation[_state] = 1;
        }

        public override SanityStep Step(int action, ref Rng rng, Span<float> observation, Span<bool> mask) =>
            new((float)((action == (_state + 1) % 3 ? 1 : 0) + 0.2 * rng.NextGaussian()), Terminated: true);
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void TheBestArmOfEachStateIsFound(int seed)
    {
        var world = new ContextualBandit();
        var learner = new DiffusionSac(3, 3, new DiffusionOptions { Hidden = 32, Batch = 64, LearningRateActor = 2e-3, LearningRateCritic = 2e-3, Tau = 0.02 }, (ulong)seed);
        var run = SanityRun.Train(world, learner, (observation, mask) => learner.Act(observation, mask), (ulong)seed, 1500);
        for (var state = 0; state < 3; state++)
        {
            var observation = new float[3];
            observation[state] = 1;
            Assert.Equal((state + 1) % 3, run.Greedy(observation));
        }
        Assert.Equal(0, run.Violations);
    }

    [Fact]
    public void TheSameSeedGivesTheSameBytesAndALoadedLearnerContinuesBitForBit()
    {
        DiffusionSac first = new(Observations, Actions, Tiny, 1), second = new(Observations, Actions, Tiny, 1);
        Learn(first, 10);
        Learn(second, 10);
        Assert.Equal(Saved(first), Saved(second));
        var loaded = new DiffusionSac(Observations, Actions, Tiny, 2);
        loaded.Load(new BinaryReader(new MemoryStream(Saved(first))), "checkpoint.bin");
        Learn(first, 10);
        Learn(loaded, 10);
        Assert.Equal(Saved(first), Saved(loaded));
        Assert.Contains("agent.hidden", Assert.Throws<InputException>(() =>
            new DiffusionSac(Observations, Actions, Tiny with { Hidden = 13 }, 1).Load(new BinaryReader(new MemoryStream(Saved(first))), "checkpoint.bin")).Message);
    }

    [Fact]
    public void ItDecidesByTheWeightsThatItHasNow()
    {
        DiffusionSac learner = new(Observations, Actions, Tiny, 1), loaded = new(Observations, Actions, Tiny, 2);
        var rng = new Rng(5);
        var (observation, mask) = (Noise(ref rng), Mask(ref rng));
        float[] before = new float[Actions], after = new float[Actions], copied = new float[Actions];
        learner.Logits(observation, mask, default, before);
        Learn(learner, 3);
        learner.Logits(observation, mask, default, after);
        Assert.NotEqual(before, after);
        loaded.Logits(observation, mask, default, copied);
        loaded.Load(new BinaryReader(new MemoryStream(Saved(learner))), "checkpoint.bin");
        loaded.Logits(observation, mask, default, copied);
        Assert.Equal(after, copied);
        var fresh = new DiffusionSac(Observations, Actions, Tiny, 3);
        fresh.Load(new BinaryReader(new MemoryStream(Saved(learner))), "checkpoint.bin");
        fresh.Logits(observation, mask, default, copied);
        Assert.Equal(after, copied);
    }

    [Fact]
    public void OnnxRuntimeDecidesAsItDoes()
    {
        var learner = new DiffusionSac(Observations, Actions, Tiny, 1);
        Learn(learner, 30);
        using var session = new InferenceSession(learner.Lower().ToBytes());
        var (rng, logits) = (new Rng(5), new float[Actions]);
        for (var i = 0; i < 50; i++)
        {
            var (observation, mask) = (Noise(ref rng), Mask(ref rng));
            learner.Logits(observation, mask, default, logits);
            using var state = OrtValue.CreateTensorValueFromMemory(observation, [1, Observations]);
            using var valid = OrtValue.CreateTensorValueFromMemory(mask.Select(m => m ? 1f : 0f).ToArray(), [1, Actions]);
            using var options = new RunOptions();
            using var results = session.Run(options, new Dictionary<string, OrtValue> { ["observation"] = state, ["mask"] = valid }, ["logits"]);
            var exported = results[0].GetTensorDataAsSpan<float>();
            for (var a = 0; a < Actions; a++)
                Assert.Equal(logits[a], exported[a], mask[a] ? 1e-4f : 0);
        }
    }

    [Fact]
    public void UpdatesAndDecisionsAllocateNothing()
    {
        var learner = new DiffusionSac(Observations, Actions, Tiny, 1);
        var replay = Replay();
        var (rng, measures) = (new Rng(1), new double[learner.Measures.Count]);
        var (observation, mask) = (Noise(ref rng), Mask(ref rng));
        var before = 0L;
        for (var i = 0; i < 10; i++)
        {
            learner.Update(replay, measures);
            learner.Act(observation, mask);
            learner.Explore(observation, mask, default, ref rng);
            if (i == 1)
                before = GC.GetAllocatedBytesForCurrentThread();
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void WrongOptionsAreRefusedTogether() =>
        Assert.Equal(2, Assert.Throws<InputException>(() => Tiny with { Steps = 0, Alpha = -1 } is var wrong ? wrong.Validated("c.yaml", "train.d2sac") : null!).Problems.Count);

    private static void Learn(DiffusionSac learner, int updates)
    {
        var (replay, measures) = (Replay(), new double[learner.Measures.Count]);
        for (var i = 0; i < updates; i++)
            learner.Update(replay, measures);
        Assert.All(measures, m => Assert.True(double.IsFinite(m)));
    }

    private static ReplayBuffer Replay()
    {
        var replay = new ReplayBuffer(60, Observations, Actions);
        var rng = new Rng(8);
        for (var i = 0; i < 60; i++)
        {
            var mask = Mask(ref rng);
            replay.Add(Noise(ref rng), mask, mask.IndexOf(true), (float)rng.NextGaussian(), 0.9f, Noise(ref rng), Mask(ref rng), i % 5 == 0);
        }
        return replay;
    }

    private static bool[] Mask(ref Rng rng)
    {
        var mask = new bool[Actions];
        for (var a = 0; a < Actions; a++)
            mask[a] = rng.NextDouble() < 0.6;
        mask[rng.NextInt(Actions)] = true;
        return mask;
    }

    private static float[] Noise(ref Rng rng)
    {
        var values = new float[Observations];
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)rng.NextGaussian();
        return values;
    }

    private static byte[] Saved(DiffusionSac learner)
    {
        using var memory = new MemoryStream();
        using (var writer = new BinaryWriter(memory))
            learner.Save(writer);
        return memory.ToArray();
    }
}

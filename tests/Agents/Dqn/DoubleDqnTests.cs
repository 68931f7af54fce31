using RlOffload.Agents.Dqn;
using RlOffload.Agents.Replay;
using RlOffload.Environment;
using RlOffload.Tests.Agents.Engine;
using RlOffload.Tests.Agents.Sac.Sanity;

namespace RlOffload.Tests.Agents.Dqn;

public sealed class DoubleDqnTests
{
    private static readonly DqnOptions Small = new() { Hidden = [32, 32], Batch = 64, LearningRate = 2e-3, Tau = 0.02, ExplorationUpdates = 800 };

    /// <summary>Left pays 0.3 and ends, right pays nothing now and 1 afterwards; the third action is forbidden and would pay most.</summary>
    private sealed class Waiting() : SanityWorld(2, 3)
    {
        private bool _waited;

        public override void Reset(ref Rng rng, Span<float> observation, Span<bool> mask)
        {
            _waited = false;
            observation[0] = 1;
            mask[2] = false;
        }

        public override SanityStep Step(int action, ref Rng rng, Span<float> observation, Span<bool> mask)
        {
            var reward = _waited ? 1f : action == 0 ? 0.3f : 0f;
            var ends = _waited || action == 0;
            _waited = true;
            observation[1] = 1;
            mask[2] = false;
            return new(reward, ends);
        }
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void TheLaterRewardIsWaitedForAndNothingForbiddenIsDone(int seed)
    {
        var learner = new DoubleDqn(2, 3, Small, (ulong)seed);
        var run = SanityRun.Train(new Waiting(), learner, (observation, mask) => learner.Act(observation, mask), (ulong)seed, 1500);
        Assert.Equal(1, run.Greedy([1f, 0f], [true, true, false]));
        Assert.Equal(0, run.Violations);
    }

    [Fact]
    public void TheTargetValuesTheOnlineNetworksChoiceByTheSlowNetwork()
    {
        var learner = new DoubleDqn(2, 3, Small with { Batch = 8 }, 1);
        var replay = new ReplayBuffer(8, 2, 3);
        var rng = new Rng(4);
        for (var i = 0; i < 8; i++)
            replay.Add([(float)rng.NextGaussian(), 1], [true, true, true], i % 3, i, 0.9f, [(float)rng.NextGaussian(), 0], [true, i % 2 == 0, true], terminated: i == 3);
        for (var i = 0; i < 30; i++)
            learner.Update(replay, new double[3]);
        var referee = new DoubleEngine(learner.Terms.Graph);
        referee.Run();
        var (online, slow) = (new float[3], new float[3]);
        for (var b = 0; b < 8; b++)
        {
            learner.Network.Forward(learner.Batch.NextObservations.Row(b), online);
            learner.Target.Forward(learner.Batch.NextObservations.Row(b), slow);
            var valid = Enumerable.Range(0, 3).Where(a => learner.Batch.NextForbidden.Row(b)[a] == 0);
            var y = learner.Batch.Rewards.Row(b)[0] + learner.Batch.Discounts.Row(b)[0] * slow[valid.MaxBy(a => online[a])];
            Assert.Equal(y, referee[learner.Terms.Targets][b, 0], 1e-4);
        }
    }

    [Fact]
    public void ALoadedLearnerContinuesBitForBitAndNothingAllocates()
    {
        var replay = new ReplayBuffer(20, 2, 3);
        for (var i = 0; i < 20; i++)
            replay.Add([i, 1], [true, true, true], i % 3, i % 4, 0.9f, [i + 1, 0], [true, true, true], false);
        DoubleDqn first = new(2, 3, Small with { Batch = 8 }, 1), second = new(2, 3, Small with { Batch = 8 }, 2);
        var (rng, measures) = (new Rng(1), new double[3]);
        first.Update(replay, measures);
        second.Load(new BinaryReader(new MemoryStream(Saved(first))), "checkpoint.bin");
        second.Update(replay, measures);
        var before = GC.GetAllocatedBytesForCurrentThread();
        first.Update(replay, measures);
        first.Explore([1, 1], [true, false, true], default, ref rng);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(Saved(first), Saved(second));
    }

    private static byte[] Saved(DoubleDqn learner)
    {
        using var memory = new MemoryStream();
        using (var writer = new BinaryWriter(memory))
            learner.Save(writer);
        return memory.ToArray();
    }
}

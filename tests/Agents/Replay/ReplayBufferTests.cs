using RlOffload.Agents.Replay;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Replay;

public sealed class ReplayBufferTests
{
    [Fact]
    public void TheOldestTransitionIsOverwritten()
    {
        var replay = new ReplayBuffer(3, 1, 2);
        for (var i = 0; i < 5; i++)
            replay.Add([i], [true, true], 0, i, 0.9f, [i + 1], [true, false], false);
        Assert.Equal(3, replay.Count);
        Assert.Equal(5, replay.Added);
        var batch = Sample(replay, 200);
        Assert.Equal([2f, 3f, 4f], Enumerable.Range(0, 200).Select(b => batch.Rewards.Row(b)[0]).Distinct().Order());
        for (var b = 0; b < 200; b++)
        {
            Assert.Equal(batch.Rewards.Row(b)[0], batch.Observations.Row(b)[0]);
            Assert.Equal(batch.Rewards.Row(b)[0] + 1, batch.NextObservations.Row(b)[0]);
        }
    }

    [Fact]
    public void AllPartsOfARowComeBack()
    {
        var replay = new ReplayBuffer(4, 2, 3, prior: true);
        replay.Add([1, 2], [true, false, true], 2, 0.5f, 0.81f, [3, 4], [false, true, true], false, [7, 8, 9], [10, 11, 12]);
        var batch = Sample(replay, 1);
        Assert.Equal([1, 2], batch.Observations.Row(0).ToArray());
        Assert.Equal([3, 4], batch.NextObservations.Row(0).ToArray());
        Assert.Equal([0, ActionMask.Forbidden, 0], batch.Forbidden.Row(0).ToArray());
        Assert.Equal([ActionMask.Forbidden, 0, 0], batch.NextForbidden.Row(0).ToArray());
        Assert.Equal([7, 8, 9], batch.Prior!.Value.Row(0).ToArray());
        Assert.Equal([10, 11, 12], batch.NextPrior!.Value.Row(0).ToArray());
        Assert.Equal((2f, 0.5f, 0.81f, (float)(1 / Math.Log(2))), (batch.Actions.Row(0)[0], batch.Rewards.Row(0)[0], batch.Discounts.Row(0)[0], batch.EntropyShares.Row(0)[0]));
    }

    [Fact]
    public void RewardsDrawnAreThoseOfTodaysMultipliers()
    {
        var replay = new ReplayBuffer(4, 1, 2, charges: 2);
        replay.Add([0], [true, true], 1, 1, 0.9f, [0], [true, true], false, charges: [0.5f, 3]);
        Assert.Equal(1, Sample(replay, 1).Rewards.Row(0)[0]);
        (replay.Multipliers[0], replay.Multipliers[1]) = (1, 0.25f);
        Assert.Equal(1 - 0.5f - 0.75f, Sample(replay, 1).Rewards.Row(0)[0]);
        Assert.Throws<ArgumentException>(() => replay.Add([0], [true, true], 1, 1, 0.9f, [0], [true, true], false));
        using var saved = new MemoryStream();
        replay.Save(new BinaryWriter(saved));
        saved.Position = 0;
        var loaded = new ReplayBuffer(4, 1, 2, charges: 2);
        loaded.Load(new BinaryReader(saved));
        Assert.Equal(replay.Multipliers, loaded.Multipliers);
        Assert.Equal(-0.25f, Sample(loaded, 1).Rewards.Row(0)[0]);
    }

    [Fact]
    public void ATerminalTransitionHasNoFutureAndNeedsNoMask()
    {
        var replay = new ReplayBuffer(4, 1, 2);
        replay.Add([0], [true, true], 1, 1, 0.9f, [0], [false, false], terminated: true);
        Assert.Equal(0f, Sample(replay, 1).Discounts.Row(0)[0]);
    }

    [Fact]
    public void WhatWouldPoisonTheLearnerIsRefused()
    {
        var replay = new ReplayBuffer(4, 1, 2);
        Assert.Throws<ArgumentException>(() => replay.Add([float.NaN], [true, true], 0, 0, 0.9f, [0], [true, true], false));
        Assert.Throws<ArgumentException>(() => replay.Add([0], [true, true], 0, float.PositiveInfinity, 0.9f, [0], [true, true], false));
        Assert.Throws<ArgumentException>(() => replay.Add([0], [true], 0, 0, 0.9f, [0], [true, true], false));
        Assert.Throws<ArgumentOutOfRangeException>(() => replay.Add([0], [true, false], 1, 0, 0.9f, [0], [true, true], false));
        Assert.Throws<ArgumentOutOfRangeException>(() => replay.Add([0], [true, true], 0, 0, 1.1f, [0], [true, true], false));
        Assert.Throws<ArgumentException>(() => replay.Add([0], [true, true], 0, 0, 0.9f, [0], [false, false], false));
        Assert.Throws<ArgumentException>(() => replay.Add([0], [true, true], 0, 0, 0.9f, [0], [true, true], false, [1, 2], [1, 2]));
        Assert.Equal(0, replay.Count);
        Assert.Throws<InvalidOperationException>(() => Sample(replay, 1));
    }

    [Fact]
    public void AddingAndSamplingAllocateNothing()
    {
        var replay = new ReplayBuffer(8, 1, 2);
        var batch = new ReplayBatch(16, 1, 2, prior: false);
        var rng = new Rng(1);
        var before = 0L;
        for (var i = 0; i < 20; i++)
        {
            replay.Add([i], [true, true], 0, i, 0.9f, [i + 1], [true, false], false);
            replay.Sample(ref rng, batch);
            if (i == 0)
                before = GC.GetAllocatedBytesForCurrentThread();
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory, InlineData(3), InlineData(11)]
    public void ALoadedBufferGoesOnAsTheSavedOne(int added)
    {
        ReplayBuffer original = new(5, 1, 2), copy = new(5, 1, 2);
        for (var i = 0; i < added; i++)
            original.Add([i], [true, true], i % 2, i, 0.9f, [i + 1], [true, false], i % 3 == 0);
        copy.Load(new BinaryReader(Saved(original)));
        foreach (var replay in (ReplayBuffer[])[original, copy])
            replay.Add([99], [true, true], 0, 99, 0.9f, [100], [true, true], false);
        Assert.Equal(Saved(original).ToArray(), Saved(copy).ToArray());
        Assert.Equal(Sample(original, 50).Rewards.Span.ToArray(), Sample(copy, 50).Rewards.Span.ToArray());
    }

    [Fact]
    public void ACheckpointOfAnotherShapeOrCutShortIsRefused()
    {
        var replay = new ReplayBuffer(5, 1, 2);
        replay.Add([0], [true, true], 0, 0, 0.9f, [0], [true, true], false);
        var saved = Saved(replay);
        var problem = Assert.Throws<InputException>(() => new ReplayBuffer(5, 1, 3).Load(new BinaryReader(saved), "run/replay.bin"));
        Assert.Equal("run/replay.bin:replay.actions: is 2, this configuration needs 3", problem.Message);
        var cut = new MemoryStream(saved.ToArray()[..^3]);
        Assert.Contains("ends", Assert.Throws<InputException>(() => replay.Load(new BinaryReader(cut))).Message);
    }

    private static MemoryStream Saved(ReplayBuffer replay)
    {
        var stream = new MemoryStream();
        replay.Save(new BinaryWriter(stream));
        stream.Position = 0;
        return stream;
    }

    private static ReplayBatch Sample(ReplayBuffer replay, int rows)
    {
        var batch = new ReplayBatch(rows, replay.Observations, replay.Actions, replay.HasPrior);
        var rng = new Rng(1);
        replay.Sample(ref rng, batch);
        return batch;
    }
}

using RlOffload.Agents;
using RlOffload.Agents.Replay;
using RlOffload.Agents.Sac;
using RlOffload.Environment;
using RlOffload.Tests.Agents.Engine;
using RlOffload.Tests.Agents.Hindsight;

namespace RlOffload.Tests.Agents.Sac;

/// <summary>Discrete SAC whose actor and critics price what plans take and give.</summary>
public sealed class PlanKnowledgeTests
{
    private const int Own = 3, Actions = 4, Batch = 8;

    private static readonly int Size = Own + Actions * PlanFeatures.Count;
    private static readonly SacOptions Options = new() { Plans = PlanKnowledge.Features, Batch = Batch, Hidden = [8] };

    [Fact]
    public void ValuesAndLogitsAreThePricesOfAStateTimesTheFeaturesOfAPlan()
    {
        var (replay, rng) = (Replay(), new Rng(9));
        using var agent = new DiscreteSac(Size, Actions, Options, 1);
        foreach (ref var mean in agent.Actor.Layers[^1].Bias.Row(0))
            mean = (float)rng.NextGaussian(); // not near uniform
        agent.Imitate(replay, replay, 0, new double[5]);
        var (referee, lesson) = (new DoubleEngine(agent.Lesson!.Update.Graph), agent.Lesson);
        referee.Run();
        var (prices, value, loss) = (new float[PlanFeatures.Count], 0.0, 0.0);
        var states = lesson.Taught.States;
        for (var b = 0; b < Batch; b++)
        {
            foreach (var critic in agent.Networks.Critics)
            {
                critic.Online.Forward(agent.Batch.Observations.Row(b), prices);
                value += Dot(prices, agent.Batch.TakenPlan!.Value.Row(b)) / 2 / Batch;
            }
            Assert.Equal(agent.Batch.Plans!.Value.Row(b * Actions + (int)agent.Batch.Actions.Row(b)[0]).ToArray(), agent.Batch.TakenPlan!.Value.Row(b).ToArray());
            agent.Actor.Forward(states.Observations.Row(b), prices);
            var logits = Enumerable.Range(0, Actions).Where(a => states.Forbidden.Row(b)[a] == 0).ToDictionary(a => a, a => Dot(prices, states.Plans!.Value.Row(b * Actions + a)));
            loss += (Math.Log(logits.Values.Sum(Math.Exp)) - logits[(int)states.Actions.Row(b)[0]]) / Batch;
        }
        Assert.Equal(value, referee[lesson.Update.MeanQ][0, 0], 1e-5);
        Assert.Equal(loss, referee[lesson.Update.ActorLoss][0, 0], 1e-5);
    }

    [Fact]
    public void PlansThatAreAlikeAreWorthTheSameWhereverTheyStand()
    {
        using var agent = new DiscreteSac(Size, Actions, Options, 1);
        var rng = new Rng(2);
        var observation = new float[Size];
        foreach (ref var value in observation.AsSpan())
            value = (float)rng.NextGaussian();
        observation.AsSpan(Own, PlanFeatures.Count).CopyTo(observation.AsSpan(Own + 2 * PlanFeatures.Count));
        var logits = new float[Actions];
        agent.Logits(observation, [true, true, true, false], logits);
        Assert.Equal(logits[0], logits[2]);
        Assert.NotEqual(logits[0], logits[1]);
        Assert.Equal(ActionMask.Forbidden, logits[3]);
    }

    [Fact]
    public void AnUpdateAllocatesNothingAndALoadedAgentContinuesBitForBitWithOtherPlansToo()
    {
        var replay = Replay();
        using DiscreteSac agent = new(Size, Actions, Options, 1), other = new(Size, Actions, Options, 2);
        agent.Update(replay);
        other.Load(new BinaryReader(new MemoryStream(Saved(agent))));
        other.Update(replay);
        var before = GC.GetAllocatedBytesForCurrentThread();
        agent.Update(replay);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(Saved(agent), Saved(other));

        using var fewer = new DiscreteSac(Own + 2 * PlanFeatures.Count, 2, Options, 3);
        fewer.Load(new BinaryReader(new MemoryStream(Saved(agent))));
        Assert.Equal(Saved(agent), Saved(fewer));
    }

    [Fact]
    public void WhatItLearnedServesAnotherTableOfPlans()
    {
        var world = HindsightWorld.Bursts;
        var options = new SacOptions { Plans = PlanKnowledge.Features, Batch = 64, Hidden = [32], Gamma = 0.9, LearningRateActor = 3e-3, EntropyTargetStart = 0.2, EntropyAnnealUpdates = 1_000 };
        var loop = world.Training(options, 6_000);
        var (untrained, _) = world.Play(new LearnedPolicy("sac", loop.Agent.Policy.Copy(), loop.Best.View));
        while (!loop.Done)
            loop.Advance();
        var (learned, _) = world.Play(loop.Best);

        int[] fewer = [.. world.Plans.Where(p => p % 3 != 1)];
        var view = new AgentView(world.Environment(1).Model, fewer, PlanDetail.Features);
        var elsewhere = ((IAgentOptions)options).Policy(new AgentSetup { View = view, Seed = 1, Steps = 1 });
        var fresh = world.Play(new LearnedPolicy("sac", elsewhere.Copy(), view)).Reward;
        using (var memory = new MemoryStream())
        {
            loop.Best.Learned.Save(new BinaryWriter(memory));
            memory.Position = 0;
            elsewhere.Load(new BinaryReader(memory), "run");
        }
        var (transferred, _) = world.Play(new LearnedPolicy("sac", elsewhere, view));
        Assert.True(learned > untrained + 0.05 && transferred > fresh + 0.05, $"learned {learned}, untrained {untrained}; elsewhere {transferred}, untrained {fresh}");
    }

    [Fact]
    public void APriorOfOneNetworkIsRefused()
    {
        var refused = Assert.Throws<InputException>(() => (Options with { PriorWeight = 20 }).Validated("c.yaml", "train.sac"));
        Assert.StartsWith("c.yaml:train.sac.prior_weight: is 20, allowed is 0 with plans: features", Assert.Single(refused.Problems));
        Assert.True(((IAgentOptions)Options).Transfers && !((IAgentOptions)new SacOptions()).Transfers);
    }

    private static double Dot(ReadOnlySpan<float> prices, ReadOnlySpan<float> features)
    {
        var sum = 0.0;
        for (var k = 0; k < prices.Length; k++)
            sum += (double)prices[k] * features[k];
        return sum;
    }

    private static ReplayBuffer Replay()
    {
        var replay = new ReplayBuffer(20, Size, Actions);
        var rng = new Rng(4);
        float[] Drawn() => [.. Enumerable.Range(0, Size).Select(_ => (float)rng.NextGaussian())];
        for (var i = 0; i < 20; i++)
        {
            bool[] mask = [true, true, i % 2 == 0, i % 3 == 0];
            replay.Add(Drawn(), mask, i % 2, i % 4, 0.9f, Drawn(), mask, terminated: false);
        }
        return replay;
    }

    private static byte[] Saved(DiscreteSac agent)
    {
        using var memory = new MemoryStream();
        using (var writer = new BinaryWriter(memory))
            agent.Save(writer);
        return memory.ToArray();
    }
}

using RlOffload.Agents.Sac;
using RlOffload.Environment;
using RlOffload.Tests.Environment;
using RlOffload.Training;

namespace RlOffload.Tests.Training;

public sealed class TransitionCollectorTests
{
    [Fact]
    public void EachTransitionCarriesItsOwnRewardNextObservationAndMaskHoweverLateItsOutcomeComes()
    {
        var replay = new ReplayBuffer(8, observations: 2, actions: 3);
        var collector = new TransitionCollector(replay, requests: 3, gamma: 0.9);
        bool[][] masks = [[true, false, true], [true, true, false], [false, true, true], [true, true, true]];
        int[] actions = [2, 0, 1];
        for (var i = 0; i < 4; i++)
        {
            ((float[])[i, -i]).CopyTo(collector.Observation(i));
            masks[i].CopyTo(collector.Mask(i));
            if (i < 3)
                collector.Chose(i, actions[i]);
        }
        foreach (var (request, reward) in new[] { (2, 0.25), (0, -0.5), (1, 1.0) })
            collector.Deliver(default(Outcome) with { Request = request, Reward = reward });

        Assert.Equal(3, replay.Added);
        var batch = new ReplayBatch(64, 2, 3, prior: false);
        var rng = new Rng(1);
        replay.Sample(ref rng, batch);
        float[] rewards = [-0.5f, 1, 0.25f];
        for (var b = 0; b < 64; b++)
        {
            var request = Array.IndexOf(rewards, batch.Rewards[b]);
            Assert.Equal([request, -request], batch.Observations.Row(b).ToArray());
            Assert.Equal([request + 1, -request - 1], batch.NextObservations.Row(b).ToArray());
            Assert.Equal(actions[request], batch.Actions[b]);
            Assert.Equal(0.9f, batch.Discounts[b]); // a window's end is a time limit
            for (var a = 0; a < 3; a++)
            {
                Assert.Equal(masks[request][a], batch.Forbidden.Row(b)[a] == 0);
                Assert.Equal(masks[request + 1][a], batch.NextForbidden.Row(b)[a] == 0);
            }
        }
        Assert.Equal(3, batch.Rewards.Distinct().Count());
    }

    [Fact]
    public void AWindowGivesOneTransitionARequestAndTheirRewardsAddUpToItsReward()
    {
        var environment = TestWorld.Environment();
        var layout = new ObservationLayout(environment.Model);
        var requests = environment.Model.Scenario.Requests;
        var replay = new ReplayBuffer(requests, layout.Size, environment.Actions);
        var collector = new TransitionCollector(replay, requests, 0.95);
        var policy = new RandomPolicy(5);
        var late = 0;
        environment.Reset(0);
        policy.Begin(0);
        while (true)
        {
            var request = environment.Truncated ? requests : environment.Observation.Request;
            layout.Write(environment.Observation, collector.Observation(request));
            environment.Mask.CopyTo(collector.Mask(request));
            foreach (ref readonly var outcome in environment.Delivered)
            {
                late += outcome.Request < request - 1 ? 1 : 0;
                collector.Deliver(outcome);
            }
            if (environment.Truncated)
                break;
            var plan = policy.Decide(environment.Observation, environment.Mask);
            collector.Chose(request, plan);
            environment.Step(plan);
        }
        Assert.True(late > 5, $"{late} outcomes came after a later decision");
        Assert.Equal(requests, replay.Added);
        var batch = new ReplayBatch(4096, layout.Size, environment.Actions, prior: false);
        var rng = new Rng(2);
        replay.Sample(ref rng, batch);
        var rewardOf = Enumerable.Range(0, 4096).GroupBy(b => string.Join(' ', batch.Observations.Row(b).ToArray())).ToList();
        Assert.Equal(requests, rewardOf.Count);
        Assert.Equal(environment.TotalReward, rewardOf.Sum(g => (double)batch.Rewards[g.First()]), 1e-4);
    }
}

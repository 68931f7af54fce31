using RlOffload.Agents.Replay;
using RlOffload.Agents.Sac;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Sac.Sanity;

/// <summary>The plainest training loop there is: one update a decision after a short warm-up.</summary>
internal sealed class SanityRun
{
    /// <summary>The defaults at the size of these worlds: small, and faster by as much as they are smaller.</summary>
    public static SacOptions Small { get; } = new()
    {
        Hidden = [32, 32], Batch = 64, LearningRateActor = 2e-3, LearningRateCritic = 2e-3, LearningRateAlpha = 1e-2, Tau = 0.02,
        EntropyAnnealUpdates = 1200,
    };

    private const int Warmup = 64;
    private readonly SanityWorld _world;
    private readonly SortedDictionary<(int Due, int Born), (Transition Transition, float Reward)> _pending = [];
    private readonly ReplayBuffer _replay;

    private sealed record Transition(float[] Observation, bool[] Mask, int Action, float[] Next, bool[] NextMask, bool Terminated);

    private readonly IReplayLearner _learner;
    private readonly Func<float[], bool[], int> _greedy;

    /// <summary>The learner, where it is this one.</summary>
    public DiscreteSac Agent => (DiscreteSac)_learner;

    /// <summary>Decisions that took an action outside its mask.</summary>
    public int Violations { get; private set; }

    /// <summary>Times a transition entered the replay before an older one.</summary>
    public int OutOfOrder { get; private set; }

    private SanityRun(SanityWorld world, IReplayLearner learner, Func<float[], bool[], int> greedy)
    {
        (_world, _learner, _greedy) = (world, learner, greedy);
        _replay = new ReplayBuffer(10_000, world.Observations, world.Actions);
    }

    public static SanityRun Train(SanityWorld world, SacOptions options, ulong seed, int decisions)
    {
        var agent = new DiscreteSac(world.Observations, world.Actions, options, seed);
        return Train(world, agent, (observation, mask) =>
        {
            var unused = new Rng(0);
            return agent.Act(observation, mask, ref unused, greedy: true);
        }, seed, decisions);
    }

    /// <param name="greedy">The action that is deployed.</param>
    public static SanityRun Train(SanityWorld world, IReplayLearner learner, Func<float[], bool[], int> greedy, ulong seed, int decisions)
    {
        var run = new SanityRun(world, learner, greedy);
        run.Train(seed, decisions);
        return run;
    }

    /// <summary>The action the trained policy takes in a state.</summary>
    public int Greedy(ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask = default) => _greedy(observation.ToArray(), mask.IsEmpty ? AllValid() : mask.ToArray());

    /// <summary>Mean of the twin critics' values of a state.</summary>
    public float[] Values(ReadOnlySpan<float> observation)
    {
        var (normalised, first, second) = (new float[_world.Observations], new float[_world.Actions], new float[_world.Actions]);
        Agent.Normaliser.Normalise(observation, normalised);
        Agent.Networks.Critics[0].Online.Forward(normalised, first);
        Agent.Networks.Critics[1].Online.Forward(normalised, second);
        return [.. first.Zip(second, (a, b) => (a + b) / 2)];
    }

    private void Train(ulong seed, int decisions)
    {
        var rng = Rng.Keyed(seed, 1, 0, RngPurpose.Noise);
        var explore = Rng.Keyed(seed, 1, 0, RngPurpose.Explore);
        var (observation, mask) = (new float[_world.Observations], AllValid());
        _world.Reset(ref rng, observation, mask);
        var newest = -1;
        for (var t = 0; t < decisions; t++)
        {
            _learner.Normaliser.Observe(observation);
            var action = _learner.Explore(observation, mask, default, ref explore);
            Violations += mask[action] ? 0 : 1;
            var (next, nextMask) = (new float[_world.Observations], AllValid());
            var step = _world.Step(action, ref rng, next, nextMask);
            _pending.Add((t + step.Delay, t), (new Transition(observation, mask, action, next, nextMask, step.Terminated), step.Reward));
            while (_pending.Count > 0 && _pending.First().Key.Due <= t)
            {
                var (key, (known, reward)) = _pending.First();
                _pending.Remove(key);
                OutOfOrder += key.Born < newest ? 1 : 0;
                newest = Math.Max(newest, key.Born);
                _replay.Add(
                    known.Observation, known.Mask, known.Action, reward, (float)_learner.Gamma,
                    known.Next, known.NextMask, known.Terminated);
            }
            (observation, mask) = (next, nextMask);
            if (step.Terminated || step.Truncated)
            {
                (observation, mask) = (new float[_world.Observations], AllValid());
                _world.Reset(ref rng, observation, mask);
            }
            if (t >= Warmup)
                _learner.Update(_replay, new double[_learner.Measures.Count]);
        }
    }

    private bool[] AllValid()
    {
        var mask = new bool[_world.Actions];
        Array.Fill(mask, true);
        return mask;
    }
}

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

    public DiscreteSac Agent { get; }

    /// <summary>Decisions that took an action outside its mask.</summary>
    public int Violations { get; private set; }

    /// <summary>Times a transition entered the replay before an older one.</summary>
    public int OutOfOrder { get; private set; }

    private SanityRun(SanityWorld world, SacOptions options, ulong seed)
    {
        _world = world;
        _replay = new ReplayBuffer(10_000, world.Observations, world.Actions);
        Agent = new DiscreteSac(world.Observations, world.Actions, options, seed);
    }

    public static SanityRun Train(SanityWorld world, SacOptions options, ulong seed, int decisions)
    {
        var run = new SanityRun(world, options, seed);
        run.Train(seed, decisions);
        return run;
    }

    /// <summary>The action the trained policy takes in a state.</summary>
    public int Greedy(ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask = default)
    {
        var rng = new Rng(0);
        return Agent.Act(observation, mask.IsEmpty ? AllValid() : mask, ref rng, greedy: true);
    }

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
            Agent.Normaliser.Observe(observation);
            var action = Agent.Act(observation, mask, ref explore, greedy: false);
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
                    known.Observation, known.Mask, known.Action, reward, (float)Agent.Options.Gamma,
                    known.Next, known.NextMask, known.Terminated);
            }
            (observation, mask) = (next, nextMask);
            if (step.Terminated || step.Truncated)
            {
                (observation, mask) = (new float[_world.Observations], AllValid());
                _world.Reset(ref rng, observation, mask);
            }
            if (t >= Warmup)
                Agent.Update(_replay);
        }
    }

    private bool[] AllValid()
    {
        var mask = new bool[_world.Actions];
        Array.Fill(mask, true);
        return mask;
    }
}

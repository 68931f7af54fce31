using RlOffload.Environment.Simulation;

namespace RlOffload.Environment;

/// <summary>Plays policies over windows and adds up what they earn.</summary>
public static class Rollout
{
    /// <summary>Puts the environment at the first request of the window and the policy before it, with foresight if that is what it has.</summary>
    public static void Begin(OffloadEnvironment environment, IPolicy policy, int window)
    {
        environment.Reset(window);
        if (policy is IForesight diagnostic)
            diagnostic.Foresee(environment);
        policy.Begin(window);
    }

    /// <summary>Reward of a whole window, drained.</summary>
    public static double Play(OffloadEnvironment environment, IPolicy policy, int window)
    {
        Begin(environment, policy, window);
        while (!environment.Truncated)
        {
            environment.Step(policy.Decide(environment.Observation, environment.Mask));
            if (policy is IOutcomeSink told)
                foreach (ref readonly var outcome in environment.Delivered)
                    told.Deliver(outcome);
        }
        return environment.TotalReward;
    }

    /// <summary>Reward of each of the windows, in their order.</summary>
    public static double[] Play(OffloadEnvironment environment, IPolicy policy, IReadOnlyList<int> windows)
    {
        var rewards = new double[windows.Count];
        for (var w = 0; w < rewards.Length; w++)
            rewards[w] = Play(environment, policy, windows[w]);
        return rewards;
    }

    /// <summary>Mean reward a request of each policy over the same windows; the same numbers for any number of threads.</summary>
    /// <param name="environment">Makes one environment a thread.</param>
    /// <param name="policies">Instances of their own: each is played by one thread.</param>
    public static double[] MeanRewards(
        Func<OffloadEnvironment> environment, IReadOnlyList<IPolicy> policies, IReadOnlyList<int> windows, int threads = 1) =>
        [.. Means(environment, policies, windows, threads).Select(m => m.Reward)];

    /// <summary>Mean reward and mean costs a request of each policy, likewise.</summary>
    public static (double Reward, Costs Costs)[] Means(
        Func<OffloadEnvironment> environment, IReadOnlyList<IPolicy> policies, IReadOnlyList<int> windows, int threads = 1)
    {
        if (windows.Count == 0)
            throw new ArgumentException("at least one window is needed to compare policies", nameof(windows));
        var means = new (double Reward, Costs Costs)[policies.Count];
        var making = new Lock();
        Parallel.For(0, means.Length, new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, threads) },
            () =>
            {
                lock (making)
                    return environment();
            },
            (p, _, world) =>
            {
                ref var mean = ref means[p];
                foreach (var window in windows)
                    mean = (mean.Reward + Play(world, policies[p], window), mean.Costs + world.TotalCosts);
                var requests = (double)windows.Count * world.Model.Scenario.Requests;
                mean = (mean.Reward / requests, mean.Costs / requests);
                return world;
            },
            _ => { });
        return means;
    }
}

using System.Diagnostics;
using RlOffload.Environment;
using RlOffload.Environment.Simulation;

namespace RlOffload.Training.Evaluation;

/// <param name="Create">A fresh policy; each thread gets its own, and disposes it where that is needed.</param>
/// <param name="Violations">What the policy says it broke, read after it has played.</param>
public sealed record Contestant(string Name, Func<IPolicy> Create, Func<IPolicy, IReadOnlyDictionary<string, int>>? Violations = null)
{
    /// <summary>The row that this one is a seed of; null: a row by itself.</summary>
    public string? Learner { get; init; }

    /// <summary>Settings that were tried before this one was kept; null where nobody said.</summary>
    public int? TuningTrials { get; init; }

    public static IReadOnlyDictionary<string, int> NoViolations { get; } = new Dictionary<string, int>();
}

/// <summary>Plays every contestant on the same windows. Results do not depend on the number of threads; only decision times are measured.</summary>
public static class PairedPlay
{
    /// <param name="environment">A fresh environment; each thread gets its own.</param>
    public static IReadOnlyList<PolicyTally> Run(
        Func<OffloadEnvironment> environment, IReadOnlyList<Contestant> contestants, IReadOnlyList<int> windows, int threads,
        IProgress<int>? progress, CancellationToken cancel)
    {
        var requests = environment().Model.Scenario.Requests;
        var tallies = contestants.Select(c => new PolicyTally(c.Name, windows.Count, requests)).ToArray();
        var violations = contestants.Select(_ => new Dictionary<string, int>()).ToArray();
        var next = -1;
        var done = 0;
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancel }, _ =>
        {
            var world = environment();
            var policies = new List<IPolicy>(contestants.Count);
            try
            {
                foreach (var contestant in contestants)
                    policies.Add(contestant.Create());
                var outcomes = new Outcome[requests];
                for (int row; (row = Interlocked.Increment(ref next)) < windows.Count;)
                {
                    for (var c = 0; c < policies.Count; c++)
                    {
                        cancel.ThrowIfCancellationRequested();
                        Play(world, policies[c], windows[row], outcomes, tallies[c], row);
                    }
                    progress?.Report(Interlocked.Increment(ref done));
                }
                lock (violations)
                    for (var c = 0; c < policies.Count; c++)
                        foreach (var (name, count) in contestants[c].Violations?.Invoke(policies[c]) ?? Contestant.NoViolations)
                            violations[c][name] = violations[c].GetValueOrDefault(name) + count;
            }
            finally
            {
                foreach (var policy in policies)
                    (policy as IDisposable)?.Dispose();
            }
        });
        for (var c = 0; c < tallies.Length; c++)
            tallies[c].Violations = violations[c];
        return tallies;
    }

    private static void Play(OffloadEnvironment world, IPolicy policy, int window, Outcome[] outcomes, PolicyTally tally, int row)
    {
        var times = new double[outcomes.Length];
        Rollout.Begin(world, policy, window);
        var told = policy as IOutcomeSink;
        while (!world.Truncated)
        {
            var request = world.Observation.Request;
            var start = Stopwatch.GetTimestamp();
            var plan = policy.Decide(world.Observation, world.Mask);
            // Finer than a TimeSpan, whose 0.1 us is more than many a planner needs.
            times[request] = (Stopwatch.GetTimestamp() - start) * 1e6 / Stopwatch.Frequency;
            world.Step(plan);
            foreach (ref readonly var outcome in world.Delivered)
            {
                outcomes[outcome.Request] = outcome;
                told?.Deliver(outcome);
            }
        }
        tally.Record(row, outcomes, world.TotalReward, world.TotalEnergy, times);
    }
}

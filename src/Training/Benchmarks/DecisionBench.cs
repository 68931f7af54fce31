using System.Diagnostics;
using RlOffload.Agents;
using RlOffload.Agents.Diffusion;
using RlOffload.Agents.Replay;
using RlOffload.Agents.Sac;
using RlOffload.Environment;

namespace RlOffload.Training.Benchmarks;

/// <summary>Time of one decision in this process, wall clock, medians over rounds of each round's percentile.</summary>
/// <param name="Policy">What decides.</param>
/// <param name="Observation">Numbers that the network takes.</param>
/// <param name="Bytes">Allocated by a decision.</param>
public sealed record DecisionSpeed(string Policy, int Plans, int Observation, IReadOnlyList<int> Hidden, double P50Us, double P99Us, double Bytes);

/// <summary>Decisions of networks as they are played and deployed; their weights are those that they begin with, which cost as much as trained ones.</summary>
public static class DecisionBench
{
    private const int Calls = 20_000;

    /// <param name="observation">Numbers in the observation of the network by itself; the whole decision has those of its layout.</param>
    public static IReadOnlyList<DecisionSpeed> Run(World world, int plans, int observation, IReadOnlyList<int> hidden, int rounds = 15)
    {
        var options = new SacOptions { Hidden = hidden };
        var rng = Rng.Keyed(1, 0, 0, RngPurpose.Policy);

        var agent = new DiscreteSac(observation, plans, options, 1);
        var rows = new float[256][];
        foreach (ref var row in rows.AsSpan())
        {
            row = new float[observation];
            foreach (ref var x in row.AsSpan())
                x = (float)rng.NextGaussian();
        }
        var mask = new bool[plans];
        Array.Fill(mask, true);
        var alone = Measure("sac: normalise, network, mask, argmax", plans, observation, hidden, rounds, i => agent.Act(rows[i & 255], mask, ref rng, greedy: true));

        using var diffusion = new DiffusionSac(observation, plans, new DiffusionOptions { Hidden = hidden[0] }, 1);
        var diffuses = Measure($"d2sac: normalise, {diffusion.Options.Steps} denoising steps, mask, argmax", plans, observation, hidden, rounds, i => diffusion.Act(rows[i & 255], mask));

        var seen = EnvironmentBench.Recorded(world, 256);
        var all = new bool[world.CostModel.Count];
        Array.Fill(all, true);
        return [alone, diffuses, Whole("sac: all of it, over the config's plans", world.Choices), Whole("sac: all of it, over plans of the whole table", EnvironmentBench.Evenly(world.CostModel, plans))];

        DecisionSpeed Whole(string name, IReadOnlyList<int> choices)
        {
            var view = new AgentView(world.CostModel, choices);
            DiscreteSac Learner() => new(view.Size, view.Actions, options, 1);
            var policy = new LearnedPolicy("sac", new ReplayPolicy(Learner(), null, Learner), view);
            return Measure(name, view.Actions, view.Size, hidden, rounds, i => policy.Decide(seen[i & 255], all));
        }
    }

    private static DecisionSpeed Measure(string name, int plans, int observation, IReadOnlyList<int> hidden, int rounds, Func<int, int> decide)
    {
        var ticks = new long[Calls];
        var (p50, p99) = (new double[rounds], new double[rounds]);
        var sum = 0;
        var least = long.MaxValue;
        for (var round = -2; round < rounds; round++) // the first two are for the compiler
        {
            var bytes = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Calls; i++)
            {
                var start = Stopwatch.GetTimestamp();
                sum += decide(i);
                ticks[i] = Stopwatch.GetTimestamp() - start;
            }
            bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
            if (round < 0)
                continue;
            // A collection that another thread wants ends this thread's buffer, and counts what was never used of it.
            least = Math.Min(least, bytes);
            Array.Sort(ticks);
            p50[round] = 1e6 * ticks[Calls / 2] / Stopwatch.Frequency;
            p99[round] = 1e6 * ticks[Calls * 99 / 100] / Stopwatch.Frequency;
        }
        GC.KeepAlive(sum);
        return new(name, plans, observation, hidden, Spread.Of(p50).Median, Spread.Of(p99).Median, least / (double)Calls);
    }
}

using RlOffload.Agents.Sac;
using RlOffload.Environment;

namespace RlOffload.Training.Benchmarks;

/// <param name="Hidden">Width of each of the two hidden layers.</param>
/// <param name="Plans">Actions.</param>
public readonly record struct LearnerShape(int Hidden, int Plans, int Batch, int Observation);

/// <summary>Time of one update: process CPU time, one thread, median over rounds, replay sampling left out, noise generation included.</summary>
public sealed record LearnerSpeed(
    string Agent, int Hidden, int Plans, int Batch, int Observation, double CpuMsPerUpdate, double CpuMsLow, double CpuMsHigh, double BytesPerUpdate, int Rounds);

/// <summary>Updates of an agent on random transitions. Every action is valid, as it is for the peers it is compared with.</summary>
public static class LearnerBench
{
    private const int Transitions = 4096;

    private static readonly Dictionary<string, Func<LearnerShape, Learner>> Known = new() { ["sac"] = Sac };

    public static IReadOnlyCollection<string> Agents => Known.Keys;

    /// <exception cref="InputException">There is no such agent.</exception>
    public static LearnerSpeed Run(string agent, LearnerShape shape, int rounds = 15, double milliseconds = 300)
    {
        if (!Known.TryGetValue(agent, out var make))
            throw new InputException("--agent", agent, $"is no agent, allowed: {string.Join(", ", Agents)}");
        var learner = make(shape);
        var ms = Rounds.Measure(rounds, milliseconds, learner.Update, learner.Sample);
        var (update, sample) = (ms[0], ms[1].Median);
        return new(agent, shape.Hidden, shape.Plans, shape.Batch, shape.Observation, update.Median - sample, update.Low - sample, update.High - sample,
            EnvironmentBench.Bytes(learner.Update), rounds);
    }

    /// <param name="Update">One update, which draws a batch.</param>
    /// <param name="Sample">Drawing such a batch, which does not count.</param>
    private readonly record struct Learner(Action Update, Action Sample);

    private static Learner Sac(LearnerShape shape)
    {
        var agent = new DiscreteSac(shape.Observation, shape.Plans, new SacOptions { Hidden = [shape.Hidden, shape.Hidden], Batch = shape.Batch }, 1);
        var replay = Replay(shape);
        var batch = new ReplayBatch(shape.Batch, shape.Observation, shape.Plans, prior: false);
        var rng = Rng.Keyed(1, 0, 0, RngPurpose.Replay);
        return new(() => agent.Update(replay), () => replay.Sample(ref rng, batch));
    }

    private static ReplayBuffer Replay(LearnerShape shape)
    {
        var replay = new ReplayBuffer(Transitions, shape.Observation, shape.Plans);
        var rng = Rng.Keyed(1, 0, 0, RngPurpose.Noise);
        var (observation, next) = (new float[shape.Observation], new float[shape.Observation]);
        var mask = new bool[shape.Plans];
        Array.Fill(mask, true);
        for (var i = 0; i < Transitions; i++)
        {
            for (var j = 0; j < observation.Length; j++)
                (observation[j], next[j]) = ((float)rng.NextGaussian(), (float)rng.NextGaussian());
            replay.Add(observation, mask, rng.NextInt(shape.Plans), (float)rng.NextDouble(), 0.95f, next, mask, terminated: false);
        }
        return replay;
    }
}

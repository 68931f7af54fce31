using RlOffload.Agents.Diffusion;
using RlOffload.Agents.Dqn;
using RlOffload.Agents.Engine;
using RlOffload.Agents.Learning;
using RlOffload.Agents.Replay;
using RlOffload.Agents.Sac;
using RlOffload.Environment;

namespace RlOffload.Training.Benchmarks;

/// <param name="Hidden">Width of each of the two hidden layers.</param>
/// <param name="Plans">Actions.</param>
public readonly record struct LearnerShape(int Hidden, int Plans, int Batch, int Observation);

/// <param name="CpuMsPerUpdate">Of sac that of the preset sac-d, which does the work of the published agent.</param>
/// <param name="DefaultCpuMsPerUpdate">Of sac as it is trained by default; null for other agents.</param>
/// <summary>Time of one update: process CPU time, one thread, median over rounds, on one batch, noise generation included.</summary>
public sealed record LearnerSpeed(
    string Agent, string Engine, int Hidden, int Plans, int Batch, int Observation, double CpuMsPerUpdate, double CpuMsLow, double CpuMsHigh, double BytesPerUpdate, int Rounds,
    double? DefaultCpuMsPerUpdate = null);

/// <summary>Updates of an agent on random transitions. Every action is valid, as it is for the peers it is compared with.</summary>
public static class LearnerBench
{
    private const int Transitions = 4096;

    private static readonly Dictionary<string, Func<LearnerShape, Func<Graph, IEngine>, Action>> Known = new()
    {
        ["sac"] = (shape, engine) => Sac(shape, SacOptions.Published, engine),
        ["d2sac"] = Diffusion,
        ["dqn"] = Dqn,
    };

    public static IReadOnlyCollection<string> Agents => Known.Keys;

    /// <param name="engine">Of <see cref="Engines.Names"/>.</param>
    /// <exception cref="InputException">There is no such agent, or the engine does not run here.</exception>
    public static LearnerSpeed Run(string agent, LearnerShape shape, int rounds = 15, double milliseconds = 300, string engine = Engines.BuiltIn)
    {
        if (!Known.TryGetValue(agent, out var make))
            throw new InputException("--agent", agent, $"is no agent, allowed: {string.Join(", ", Agents)}");
        if (!Engines.Names.Contains(engine))
            throw new InputException("--engine", engine, $"is no engine, allowed: {string.Join(", ", Engines.Names)}");
        if (Engines.Problem(engine) is { } problem)
            throw new InputException([$"--engine: {problem}"]);
        var runs = Engines.Of(engine);
        var learner = make(shape, runs);
        var usual = agent == "sac" ? Sac(shape, new SacOptions(), runs) : null;
        var spans = Rounds.Measure(rounds, milliseconds, usual is null ? [learner] : [learner, usual]);
        var update = spans[0];
        return new(agent, engine, shape.Hidden, shape.Plans, shape.Batch, shape.Observation, update.Median, update.Low, update.High, EnvironmentBench.Bytes(learner), rounds,
            usual is null ? null : spans[1].Median);
    }

    private static Action Sac(LearnerShape shape, SacOptions options, Func<Graph, IEngine> engine)
    {
        var agent = new DiscreteSac(shape.Observation, shape.Plans, options with { Hidden = [shape.Hidden, shape.Hidden], Batch = shape.Batch }, 1, engine);
        agent.Update(Replay(shape));
        return () => agent.UpdateAgain();
    }

    private static Action Diffusion(LearnerShape shape, Func<Graph, IEngine> engine)
    {
        var agent = new DiffusionSac(shape.Observation, shape.Plans, new DiffusionOptions { Hidden = shape.Hidden, Batch = shape.Batch }, 1, engine);
        agent.Update(Replay(shape), new double[agent.Measures.Count]);
        return agent.UpdateAgain;
    }

    private static Action Dqn(LearnerShape shape, Func<Graph, IEngine> engine)
    {
        var agent = new DoubleDqn(shape.Observation, shape.Plans, new DqnOptions { Hidden = [shape.Hidden, shape.Hidden], Batch = shape.Batch }, 1, engine);
        agent.Update(Replay(shape), new double[agent.Measures.Count]);
        return agent.UpdateAgain;
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

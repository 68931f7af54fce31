using RlOffload.Agents.Learning;
using RlOffload.Environment;
using RlOffload.Onnx;

namespace RlOffload.Agents.Replay;

/// <summary>Learns from transitions drawn from a replay: what differs between sac, d2sac and dqn. <see cref="ReplayAgent"/> does the rest.</summary>
public interface IReplayLearner
{
    /// <summary>Maps observations to the networks' input; is shown everything that is observed.</summary>
    RunningNormaliser Normaliser { get; }

    /// <summary>Discount a decision.</summary>
    double Gamma { get; }

    /// <summary>A, number of actions.</summary>
    int Actions { get; }

    /// <summary>Names, in snake_case, of the numbers that <see cref="Update"/> reports.</summary>
    IReadOnlyList<string> Measures { get; }

    /// <summary>A valid action, explored. Allocates nothing.</summary>
    int Explore(ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask, ReadOnlySpan<float> prior, ref Rng rng);

    /// <summary>What is deployed: of one state, prior added, invalid actions at <see cref="ActionMask.Forbidden"/>. Allocates nothing.</summary>
    /// <param name="prior">Scores of the planner beneath; empty without one.</param>
    void Logits(ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask, ReadOnlySpan<float> prior, Span<float> logits);

    /// <summary>The same as a graph for a device.</summary>
    OnnxModel Lower();

    /// <summary>One update on a batch drawn from the replay. Allocates nothing with the built-in engine.</summary>
    void Update(ReplayBuffer replay, Span<double> measures);

    /// <summary>
    /// One update towards what a planner would do, while values are learned from the replay as ever. The first one makes what it needs; later ones allocate nothing
    /// with the built-in engine.
    /// </summary>
    /// <param name="taught">States with the planner's choices as actions.</param>
    /// <param name="number">Of the update among its like, from 0 on.</param>
    void Imitate(ReplayBuffer replay, ReplayBuffer taught, long number, Span<double> measures);

    /// <summary>Writes everything that an update reads, the replay aside.</summary>
    void Save(BinaryWriter writer);

    /// <exception cref="InputException">What is read is of another shape; names <paramref name="file"/>.</exception>
    void Load(BinaryReader reader, string file);
}

using RlOffload.Environment;

namespace RlOffload.Agents;

/// <summary>One observation of a training environment, as an agent gets it.</summary>
/// <param name="environment">
/// Where it was taken. An agent that learns from what the world would have done may fork it (<see cref="Counterfactual"/>); whoever deploys has
/// <see cref="OffloadEnvironment.Observation"/> only.
/// </param>
/// <param name="lane">Which of the environments that are played side by side.</param>
/// <param name="request">Number of the request in its window; the number of requests for the one that would have come next.</param>
/// <param name="step">Decisions made before this one, over all lanes.</param>
/// <param name="observation">The vector of <see cref="AgentView.Layout"/>.</param>
/// <param name="mask">Of <see cref="AgentView.Plans"/>: which can run now.</param>
public readonly ref struct Moment(
    OffloadEnvironment environment, int lane, int request, int step, ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask)
{
    public OffloadEnvironment Environment { get; } = environment;
    public int Lane { get; } = lane;
    public int Request { get; } = request;
    public int Step { get; } = step;
    public ReadOnlySpan<float> Observation { get; } = observation;
    public ReadOnlySpan<bool> Mask { get; } = mask;

    /// <summary>An action drawn uniformly over those that can run.</summary>
    public int Uniform(ref Rng rng)
    {
        int action;
        do
            action = rng.NextInt(Mask.Length);
        while (!Mask[action]);
        return action;
    }
}

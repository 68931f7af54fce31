using RlOffload.Environment;

namespace RlOffload.Agents;

/// <summary>
/// One that learns to choose plans by playing. The loop that trains it shows it windows in lanes (environments side by side), in this order:
/// <see cref="Begin"/> of each lane; for each request and lane <see cref="Observe"/>, <see cref="Choose"/>, and after the environment's step
/// <see cref="Observe"/> of what came next and <see cref="Remember"/> of whatever became known; <see cref="Learn"/> as often as the config
/// says; <see cref="End"/> of each lane. Between windows it can be saved, and a loaded one goes on bit for bit.
/// It serves learners from transitions, from counterfactuals and from the rewards of whole windows alike; whoever has no use for a call
/// does nothing in it. Nothing that is called for every decision allocates.
/// </summary>
public interface IAgent
{
    /// <summary>What was learned so far: a live view, which changes as the agent learns.</summary>
    ILearnedPolicy Policy { get; }

    /// <summary>Discount a decision, of the returns in <see cref="Transition.Reward"/>.</summary>
    double Gamma { get; }

    /// <summary>Names, in snake_case, of the numbers that <see cref="Learn"/> and <see cref="End"/> report: columns of metrics.csv.</summary>
    IReadOnlyList<string> Measures { get; }

    /// <summary>The environment was reset to the first request of a window.</summary>
    void Begin(OffloadEnvironment environment, int lane);

    /// <summary>Something was observed; also after the last decision of a window, where nothing is chosen.</summary>
    void Observe(in Moment moment);

    /// <summary>Index of one of the agent's plans that the mask allows; the agent explores as it sees fit.</summary>
    /// <param name="rng">Keyed by window and request, so that a checkpoint needs no generator's state.</param>
    int Choose(in Moment moment, ref Rng rng);

    void Remember(in Transition transition);

    /// <summary>One update.</summary>
    /// <param name="measures">One a name of <see cref="Measures"/>; holds the last ones, is overwritten.</param>
    void Learn(Span<double> measures);

    /// <summary>A window is over and all work in it is done.</summary>
    /// <param name="reward">Mean reward a request.</param>
    /// <param name="costs">Mean costs a request.</param>
    /// <param name="measures">As in <see cref="Learn"/>.</param>
    void End(int lane, double reward, Costs costs, Span<double> measures);

    /// <summary>Writes all that its future depends on.</summary>
    void Save(BinaryWriter writer);

    /// <exception cref="InputException">What is read is of another configuration; names <paramref name="file"/>.</exception>
    void Load(BinaryReader reader, string file);
}

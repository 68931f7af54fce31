using RlOffload.Environment;

namespace RlOffload.Agents;

/// <summary>What an agent learned, as a policy over an environment's table: writes the agent's view of a request and takes its greedy choice.</summary>
public sealed class LearnedPolicy(string name, ILearnedPolicy learned, AgentView view) : IPolicy
{
    private readonly float[] _observation = new float[view.Size];
    private readonly bool[] _mask = new bool[view.Actions];

    public string Name => name;
    public ILearnedPolicy Learned => learned;
    public AgentView View => view;

    public void Begin(int window) { }

    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        view.Write(observation, mask, _observation, _mask);
        return view.Plans[learned.Decide(observation, _observation, _mask)];
    }

    /// <summary>One for another thread; may be called by several at once.</summary>
    public LearnedPolicy Copy(string name) => new(name, learned.Copy(), view);
}
